#include "vector/index_stamp.hpp"

#include <cstdint>

#include "base/coding.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kStampBytes = 32;
constexpr std::uint8_t kStampVectorsInMemory = 1;
constexpr std::uint8_t kStampPayloadsInMemory = 2;

}  // namespace

std::vector<std::byte> encode_index_stamp(const IndexStamp& stamp) {
  const VectorIndexConfig& config = stamp.config;
  std::vector<std::byte> bytes(kStampBytes);
  store(bytes.data(), static_cast<std::uint8_t>(config.quantization));
  store(bytes.data() + 1,
        static_cast<std::uint8_t>((config.vectors_in_memory ? kStampVectorsInMemory : 0) |
                                  (config.payloads_in_memory ? kStampPayloadsInMemory : 0)));
  store(bytes.data() + 4, config.m);
  store(bytes.data() + 8, config.ef_construction);
  store(bytes.data() + 16, config.seed);
  store(bytes.data() + 24, stamp.sequence);
  return bytes;
}

Result<IndexStamp> decode_index_stamp(std::span<const std::byte> bytes) {
  if (bytes.size() != kStampBytes) {
    return Error(Errc::corruption, "an index file's parameters have another length");
  }
  const auto flags = load<std::uint8_t>(bytes.data() + 1);
  IndexStamp stamp;
  stamp.config.quantization = static_cast<Quantization>(load<std::uint8_t>(bytes.data()));
  stamp.config.vectors_in_memory = (flags & kStampVectorsInMemory) != 0;
  stamp.config.payloads_in_memory = (flags & kStampPayloadsInMemory) != 0;
  stamp.config.m = load<std::uint32_t>(bytes.data() + 4);
  stamp.config.ef_construction = load<std::uint32_t>(bytes.data() + 8);
  stamp.config.seed = load<std::uint64_t>(bytes.data() + 16);
  stamp.sequence = load<std::uint64_t>(bytes.data() + 24);
  return stamp;
}

}  // namespace quartz::vector
