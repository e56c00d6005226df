#include <charconv>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "server/http/json_body.hpp"
#include "server/http/point_json.hpp"

namespace quartz::server {
namespace {

namespace dom = simdjson::dom;

Result<void> append_vector(std::vector<float>& to, const dom::element& value) {
  QUARTZ_ASSIGN(const dom::array components, json_array("a vector", value));
  to.reserve(to.size() + components.size());
  for (const dom::element component : components) {
    double number = 0;
    if (component.get(number) != simdjson::SUCCESS) {
      return invalid_body("components of a vector must be numbers");
    }
    to.push_back(static_cast<float>(number));
  }
  return {};
}

Result<std::vector<std::vector<float>>> vectors_of(const dom::element& value) {
  QUARTZ_ASSIGN(const dom::array array, json_array("vectors", value));
  std::vector<std::vector<float>> vectors;
  for (const dom::element vector : array) QUARTZ_TRY(append_vector(vectors.emplace_back(), vector));
  return vectors;
}

Result<VectorPoint> point_of(const dom::element& element) {
  QUARTZ_ASSIGN(const dom::object object, json_object("a point", element));
  VectorPoint point;
  for (const auto [name, value] : object) {
    if (name == "id") {
      QUARTZ_ASSIGN(point.id, json_bytes("id", value));
    } else if (name == "vector") {
      QUARTZ_TRY(append_vector(point.vectors.emplace_back(), value));
    } else if (name == "vectors") {
      QUARTZ_ASSIGN(point.vectors, vectors_of(value));
    } else if (name == "payload") {
      if (value.is_null()) continue;
      // Whose members are the user's business.
      if (!value.is_object()) return invalid_body("payload must be an object");
      point.payload = simdjson::minify(value);
    } else {
      return unknown_member(name);
    }
  }
  if (point.vectors.empty()) return invalid_body("a point needs a vector");
  return point;
}

// Whether the member is one of a search's options, which then holds it.
Result<bool> take_option(VectorSearchOptions& to, std::string_view name,
                         const dom::element& value) {
  if (name == "k") {
    QUARTZ_ASSIGN(to.k, json_number(name, value, 1, kSearchResultsMax));
  } else if (name == "filter") {
    QUARTZ_ASSIGN(const std::string_view text, json_text(name, value));
    QUARTZ_ASSIGN(to.filter, Filter::parse(text));
  } else if (name == "recall") {
    QUARTZ_ASSIGN(to.recall, json_real(name, value));
  } else if (name == "ef_search") {
    QUARTZ_ASSIGN(to.ef_search, json_number(name, value, 1, kEfSearchMax));
  } else if (name == "exact") {
    QUARTZ_ASSIGN(to.exact, json_flag(name, value));
  } else if (name == "with_payload") {
    QUARTZ_ASSIGN(to.with_payload, json_flag(name, value));
  } else if (name == "with_vectors") {
    QUARTZ_ASSIGN(to.with_vectors, json_flag(name, value));
  } else {
    return false;
  }
  return true;
}

Result<std::string_view> take_bytes(std::string_view& from, std::size_t count) {
  if (from.size() < count) return invalid_body("the body ends within a point");
  const std::string_view taken = from.substr(0, count);
  from.remove_prefix(count);
  return taken;
}

Result<std::uint32_t> take_number(std::string_view& from) {
  QUARTZ_ASSIGN(const std::string_view bytes, take_bytes(from, sizeof(std::uint32_t)));
  return load<std::uint32_t>(reinterpret_cast<const std::byte*>(bytes.data()));
}

}  // namespace

Result<std::vector<VectorPoint>> read_points(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(dom::element root, json.parse(body));
  if (root.is_object()) {
    QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
    if (object.size() != 1 || object["points"].get(root) != simdjson::SUCCESS) {
      return invalid_body("the body must be an array of points, or {\"points\": array}");
    }
  }
  QUARTZ_ASSIGN(const dom::array array, json_array("points", root));
  std::vector<VectorPoint> points;
  for (const dom::element element : array) {
    auto point = point_of(element);
    if (!point) {
      return invalid_body(fmt::format("point {}: {}", points.size(), point.error().message()));
    }
    points.push_back(*std::move(point));
  }
  return points;
}

Result<std::vector<VectorPoint>> read_binary_points(std::string_view body, std::size_t dimensions) {
  std::vector<VectorPoint> points;
  while (!body.empty()) {
    QUARTZ_ASSIGN(const std::uint32_t id_bytes, take_number(body));
    QUARTZ_ASSIGN(const std::uint32_t payload_bytes, take_number(body));
    VectorPoint point;
    QUARTZ_ASSIGN(point.id, take_bytes(body, id_bytes));
    QUARTZ_ASSIGN(point.payload, take_bytes(body, payload_bytes));
    QUARTZ_ASSIGN(const std::string_view vector, take_bytes(body, dimensions * sizeof(float)));
    QUARTZ_ASSIGN(point.vectors.emplace_back(), read_vector_bytes(vector));
    points.push_back(std::move(point));
  }
  return points;
}

Result<VectorSearchOptions> search_options_of(const Arguments& arguments) {
  VectorSearchOptions options{.k = arguments.number_or("k", 10),
                              .exact = arguments.flag("exact"),
                              .with_payload = arguments.flag("with_payload"),
                              .with_vectors = arguments.flag("with_vectors")};
  if (const auto text = arguments.text("filter")) {
    QUARTZ_ASSIGN(options.filter, Filter::parse(*text));
  }
  if (arguments.has("ef_search")) options.ef_search = arguments.number_or("ef_search", 0);
  if (const auto text = arguments.text("recall")) {
    const auto [end, failure] =
        std::from_chars(text->data(), text->data() + text->size(), options.recall);
    if (failure != std::errc() || end != text->data() + text->size()) {
      return invalid_body("recall is no number");
    }
  }
  return options;
}

Result<PointQuery> read_query(std::string_view body, VectorSearchOptions options) {
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  PointQuery query{.options = std::move(options)};
  bool has_vector = false;
  for (const auto [name, value] : object) {
    if (name == "vector") {
      QUARTZ_TRY(append_vector(query.vector, value));
      has_vector = true;
    } else if (name == "id") {
      QUARTZ_ASSIGN(query.id, json_bytes("id", value));
    } else {
      QUARTZ_ASSIGN(const bool taken, take_option(query.options, name, value));
      if (!taken) return unknown_member(name);
    }
  }
  if (has_vector == query.id.has_value())
    return invalid_body("a query needs either a vector or an id");
  return query;
}

Result<PointQuery> read_query_batch(std::string_view body, VectorSearchOptions options,
                                    std::size_t dimensions) {
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  PointQuery query{.options = std::move(options)};
  for (const auto [name, value] : object) {
    if (name == "vectors") {
      QUARTZ_ASSIGN(const dom::array array, json_array("vectors", value));
      std::size_t count = 0;
      for (const dom::element vector : array) {
        QUARTZ_TRY(append_vector(query.vector, vector));
        if (query.vector.size() != ++count * dimensions) {
          return invalid_body(
              fmt::format("vector {} has not {} components", count - 1, dimensions));
        }
      }
    } else {
      QUARTZ_ASSIGN(const bool taken, take_option(query.options, name, value));
      if (!taken) return unknown_member(name);
    }
  }
  if (query.vector.empty()) return invalid_body("vectors are missing");
  return query;
}

Result<std::vector<float>> read_vector_bytes(std::string_view body) {
  if (body.empty() || body.size() % sizeof(float) != 0) {
    return invalid_body("a vector's bytes are four for each component");
  }
  std::vector<float> vector(body.size() / sizeof(float));
  std::memcpy(vector.data(), body.data(), body.size());
  return vector;
}

Result<PointScroll> read_scroll(std::string_view body) {
  PointScroll scroll;
  if (body.empty()) return scroll;
  constexpr std::uint64_t kPagePointsMax = 10'000;
  JsonBody json;
  QUARTZ_ASSIGN(const dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const dom::object object, json_object("the body", root));
  for (const auto [name, value] : object) {
    if (name == "after") {
      if (value.is_null()) continue;
      QUARTZ_ASSIGN(scroll.after, json_bytes(name, value));
    } else if (name == "limit") {
      QUARTZ_ASSIGN(scroll.limit, json_number(name, value, 1, kPagePointsMax));
    } else if (name == "filter") {
      QUARTZ_ASSIGN(const std::string_view text, json_text(name, value));
      QUARTZ_ASSIGN(scroll.filter, Filter::parse(text));
    } else if (name == "with_vectors") {
      QUARTZ_ASSIGN(scroll.with_vectors, json_flag(name, value));
    } else {
      return unknown_member(name);
    }
  }
  return scroll;
}

}  // namespace quartz::server
