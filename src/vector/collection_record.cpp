#include "vector/collection_record.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "quartz/vector/limits.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/payload_indexes.hpp"
#include "vector/quantizer_parameters.hpp"

namespace quartz::vector {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kVectorsInMemory = 1;
constexpr std::uint8_t kPayloadsInMemory = 2;
constexpr std::uint32_t kEfConstructionMax = 10'000;

template <std::unsigned_integral T>
void append(std::string& to, T value) {
  std::byte bytes[sizeof(T)];
  store(bytes, value);
  to += as_text(bytes);
}

/// Takes a record apart from front to back; what is missing reads as zero and is noticed at the
/// end.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      complete_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <std::unsigned_integral T>
  T take() {
    const std::string_view taken = take(sizeof(T));
    return taken.empty() ? T{0} : load<T>(as_bytes(taken).data());
  }
  bool at_end() const { return complete_ && rest_.empty(); }
  bool complete() const { return complete_; }

 private:
  std::string_view rest_;
  bool complete_ = true;
};

Error damaged(std::string_view what) {
  return Error(Errc::corruption,
               fmt::format("the stored configuration of a collection is damaged: {}", what));
}

template <class T>
Result<void> check_same(std::string_view collection, std::string_view option, const T& stored,
                        const T& given) {
  if (stored == given) return {};
  return Error(Errc::invalid_argument,
               fmt::format("collection \"{}\" was created with {} = {}, not {}", collection, option,
                           stored, given));
}

std::string text_of(const std::vector<PayloadIndexConfig>& indexes) {
  std::string text = "[";
  for (const PayloadIndexConfig& index : indexes) {
    if (text.size() > 1) text += ", ";
    text += fmt::format("{} {}", to_string(index.kind), index.field);
  }
  return text + "]";
}

}  // namespace

std::string encode_collection_record(const CollectionRecord& record) {
  const VectorCollectionConfig& config = record.config;
  const VectorIndexConfig& index = config.index;
  std::string bytes;
  append(bytes, kFormat);
  append(bytes, static_cast<std::uint8_t>(config.metric));
  append(bytes, static_cast<std::uint8_t>(index.quantization));
  append(bytes, static_cast<std::uint8_t>((index.vectors_in_memory ? kVectorsInMemory : 0) |
                                          (index.payloads_in_memory ? kPayloadsInMemory : 0)));
  append(bytes, static_cast<std::uint32_t>(config.dimensions));
  append(bytes, index.m);
  append(bytes, index.ef_construction);
  append(bytes, index.seed);
  bytes += as_text(record.identity);
  append(bytes, static_cast<std::uint32_t>(config.payload_indexes.size()));
  for (const PayloadIndexConfig& payload_index : config.payload_indexes) {
    append(bytes, static_cast<std::uint8_t>(payload_index.kind));
    append(bytes, static_cast<std::uint32_t>(payload_index.field.size()));
    bytes += payload_index.field;
  }
  return bytes;
}

Result<CollectionRecord> decode_collection_record(std::string_view bytes) {
  RecordReader reader(bytes);
  if (const auto format = reader.take<std::uint8_t>(); format != kFormat) {
    return Error(Errc::unsupported,
                 fmt::format("the stored configuration of a collection has format {}; this build "
                             "reads {}",
                             format, kFormat));
  }
  CollectionRecord record;
  VectorCollectionConfig& config = record.config;
  config.metric = static_cast<Metric>(reader.take<std::uint8_t>());
  config.index.quantization = static_cast<Quantization>(reader.take<std::uint8_t>());
  const auto flags = reader.take<std::uint8_t>();
  if ((flags & ~(kVectorsInMemory | kPayloadsInMemory)) != 0) return damaged("unknown flags");
  config.index.vectors_in_memory = (flags & kVectorsInMemory) != 0;
  config.index.payloads_in_memory = (flags & kPayloadsInMemory) != 0;
  config.dimensions = reader.take<std::uint32_t>();
  config.index.m = reader.take<std::uint32_t>();
  config.index.ef_construction = reader.take<std::uint32_t>();
  config.index.seed = reader.take<std::uint64_t>();
  const std::string_view identity = reader.take(record.identity.size());
  if (!reader.complete()) return damaged("it ends early");
  std::memcpy(record.identity.data(), identity.data(), identity.size());
  for (auto left = reader.take<std::uint32_t>(); left > 0 && reader.complete(); --left) {
    PayloadIndexConfig index;
    index.kind = static_cast<PayloadIndexKind>(reader.take<std::uint8_t>());
    index.field = reader.take(reader.take<std::uint32_t>());
    config.payload_indexes.push_back(std::move(index));
  }
  if (!reader.at_end()) return damaged("its length does not fit its contents");
  if (auto checked = check_config(config); !checked) return damaged(checked.error().message());
  return record;
}

Result<void> check_index_config(const VectorIndexConfig& config) {
  const auto refuse = [](std::string message) {
    return Error(Errc::invalid_argument, std::move(message));
  };
  if (!is_known(config.quantization)) return refuse("quantization is none that exists");
  if (config.m < HnswLinks::kMMin || config.m > HnswLinks::kMMax) {
    return refuse(fmt::format("m = {} is not within {} and {}", config.m, HnswLinks::kMMin,
                              HnswLinks::kMMax));
  }
  if (config.ef_construction < 1 || config.ef_construction > kEfConstructionMax) {
    return refuse(fmt::format("ef_construction = {} is not within 1 and {}", config.ef_construction,
                              kEfConstructionMax));
  }
  return {};
}

Result<void> check_config(const VectorCollectionConfig& config) {
  if (config.dimensions < 1 || config.dimensions > kDimensionsMax) {
    return Error(Errc::invalid_argument, fmt::format("dimensions = {} is not within 1 and {}",
                                                     config.dimensions, kDimensionsMax));
  }
  if (!is_known(config.metric)) {
    return Error(Errc::invalid_argument, "metric is none that exists");
  }
  QUARTZ_TRY(check_index_config(config.index));
  if (!config.payload_indexes.empty() && !config.index.payloads_in_memory) {
    return Error(Errc::invalid_argument, "payload_indexes need payloads_in_memory");
  }
  PayloadIndexes indexes;
  for (const PayloadIndexConfig& index : config.payload_indexes) {
    if (index.kind > PayloadIndexKind::boolean) {
      return Error(
          Errc::invalid_argument,
          fmt::format("the kind of the payload index on {} is none that exists", index.field));
    }
    QUARTZ_TRY(indexes.declare(index.field, index.kind));
  }
  return {};
}

Result<void> check_same_config(std::string_view collection, const VectorCollectionConfig& stored,
                               const VectorCollectionConfig& given) {
  const auto same = [&](std::string_view option, const auto& a, const auto& b) {
    return check_same(collection, option, a, b);
  };
  const VectorIndexConfig& index = stored.index;
  QUARTZ_TRY(same("dimensions", stored.dimensions, given.dimensions));
  QUARTZ_TRY(same("metric", to_string(stored.metric), to_string(given.metric)));
  QUARTZ_TRY(
      same("quantization", to_string(index.quantization), to_string(given.index.quantization)));
  QUARTZ_TRY(same("m", index.m, given.index.m));
  QUARTZ_TRY(same("ef_construction", index.ef_construction, given.index.ef_construction));
  QUARTZ_TRY(same("seed", index.seed, given.index.seed));
  QUARTZ_TRY(same("vectors_in_memory", index.vectors_in_memory, given.index.vectors_in_memory));
  QUARTZ_TRY(same("payloads_in_memory", index.payloads_in_memory, given.index.payloads_in_memory));
  return same("payload_indexes", text_of(stored.payload_indexes), text_of(given.payload_indexes));
}

}  // namespace quartz::vector
