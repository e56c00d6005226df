#include "server/http/collection_json.hpp"

#include <iterator>

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "server/http/json_body.hpp"
#include "server/http/json_bytes.hpp"

namespace quartz::server {

namespace dom = simdjson::dom;

const std::string_view kCollectionConfigSchema =
    R"({"type":"object","properties":{"dimensions":{"type":"integer","minimum":1},)"
    R"("metric":{"enum":["cosine","l2","dot"]},)"
    R"("quantization":{"enum":["none","f16","bf16","sq8","sq4","bit1"]},)"
    R"("m":{"type":"integer","minimum":2,"maximum":128},)"
    R"("ef_construction":{"type":"integer","minimum":1,"maximum":10000},)"
    R"("seed":{"type":"integer","minimum":0},"vectors_in_memory":{"type":"boolean"},)"
    R"("payloads_in_memory":{"type":"boolean"},"payload_indexes":{"type":"array","items":)"
    R"({"type":"object","properties":{"field":{"type":"string"},)"
    R"("kind":{"enum":["keyword","prefix","integer","floating","boolean"]}},)"
    R"("required":["field","kind"]}}},"required":["dimensions"]})";

namespace {

// The enumerator that is called so; all of them are dense from 0 to `last`.
template <class Enum>
Result<Enum> choice_of(std::string_view member, const dom::element& value, Enum last) {
  QUARTZ_ASSIGN(const std::string_view text, json_text(member, value));
  std::string words;
  for (unsigned number = 0; number <= static_cast<unsigned>(last); ++number) {
    const auto choice = static_cast<Enum>(number);
    if (to_string(choice) == text) return choice;
    words.append(words.empty() ? "" : ", ").append(to_string(choice));
  }
  return Error(Errc::invalid_argument, fmt::format("{} must be one of {}", member, words));
}

Result<PayloadIndexConfig> payload_index_of(const dom::element& element) {
  QUARTZ_ASSIGN(const dom::object object, json_object("a payload index", element));
  PayloadIndexConfig index;
  for (const auto [name, value] : object) {
    if (name == "field") {
      QUARTZ_ASSIGN(const std::string_view field, json_text(name, value));
      index.field = field;
    } else if (name == "kind") {
      QUARTZ_ASSIGN(index.kind, choice_of(name, value, PayloadIndexKind::boolean));
    } else {
      return unknown_member(name);
    }
  }
  return index;
}

// False: there is no such member of an index's configuration.
Result<bool> take_index_member(VectorIndexConfig& to, std::string_view name,
                               const dom::element& value) {
  constexpr std::uint64_t kNumberMax = ~std::uint32_t{0};
  if (name == "quantization") {
    QUARTZ_ASSIGN(to.quantization, choice_of(name, value, Quantization::bit1));
  } else if (name == "m") {
    QUARTZ_ASSIGN(const std::uint64_t m, json_number(name, value, 0, kNumberMax));
    to.m = static_cast<std::uint32_t>(m);
  } else if (name == "ef_construction") {
    QUARTZ_ASSIGN(const std::uint64_t ef, json_number(name, value, 0, kNumberMax));
    to.ef_construction = static_cast<std::uint32_t>(ef);
  } else if (name == "seed") {
    QUARTZ_ASSIGN(to.seed, json_number(name, value, 0, ~std::uint64_t{0}));
  } else if (name == "vectors_in_memory") {
    QUARTZ_ASSIGN(to.vectors_in_memory, json_flag(name, value));
  } else if (name == "payloads_in_memory") {
    QUARTZ_ASSIGN(to.payloads_in_memory, json_flag(name, value));
  } else {
    return false;
  }
  return true;
}

}  // namespace

Result<VectorCollectionConfig> read_collection_config(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  VectorCollectionConfig config;
  for (const auto [name, value] : object) {
    if (name == "dimensions") {
      QUARTZ_ASSIGN(config.dimensions, json_number(name, value, 1, kDimensionsMax));
    } else if (name == "metric") {
      QUARTZ_ASSIGN(config.metric, choice_of(name, value, Metric::dot));
    } else if (name == "payload_indexes") {
      QUARTZ_ASSIGN(const dom::array indexes, json_array(name, value));
      for (const dom::element index : indexes) {
        QUARTZ_ASSIGN(config.payload_indexes.emplace_back(), payload_index_of(index));
      }
    } else {
      QUARTZ_ASSIGN(const bool taken, take_index_member(config.index, name, value));
      if (!taken) return unknown_member(name);
    }
  }
  if (config.dimensions == 0) return Error(Errc::invalid_argument, "dimensions are missing");
  return config;
}

void append_collection_config(std::string& to, const VectorCollectionConfig& config) {
  const VectorIndexConfig& index = config.index;
  fmt::format_to(
      std::back_inserter(to),
      R"({{"dimensions":{},"metric":"{}","quantization":"{}","m":{},"ef_construction":{},)"
      R"("seed":{},"vectors_in_memory":{},"payloads_in_memory":{},"payload_indexes":[)",
      config.dimensions, to_string(config.metric), to_string(index.quantization), index.m,
      index.ef_construction, index.seed, index.vectors_in_memory, index.payloads_in_memory);
  for (const PayloadIndexConfig& each : config.payload_indexes) {
    to += to.back() == '[' ? "{\"field\":" : ",{\"field\":";
    append_json_bytes(to, each.field);
    to.append(",\"kind\":\"").append(to_string(each.kind)).append("\"}");
  }
  to += "]}";
}

std::string collection_json(std::string_view name, const VectorCollectionConfig& config,
                            const VectorStatistics& statistics) {
  std::string text = "{\"name\":";
  append_json_bytes(text, name);
  text += ",\"config\":";
  append_collection_config(text, config);
  fmt::format_to(std::back_inserter(text),
                 ",\"points\":{},\"vectors\":{},\"vectors_pending\":{},\"vectors_removed\":{},"
                 "\"memory_bytes\":{},\"searches\":{},\"rebuilding\":{},\"opened_by\":",
                 statistics.points, statistics.vectors, statistics.vectors_pending,
                 statistics.vectors_removed, statistics.memory_bytes, statistics.searches,
                 statistics.rebuilding);
  append_json_bytes(text, statistics.opened_by);
  text += '}';
  return text;
}

}  // namespace quartz::server
