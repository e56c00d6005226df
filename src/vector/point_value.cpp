#include "vector/point_value.hpp"

#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "quartz/vector/payload_limits.hpp"
#include "quartz/vector/vector_point.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kHeaderBytes = 16;
constexpr std::uint32_t kValueFormat = 1;

}  // namespace

void PointValue::copy_components(std::vector<float>& to) const {
  to.resize(components.size() / sizeof(float));
  std::memcpy(to.data(), components.data(), components.size());
}

std::vector<std::vector<float>> PointValue::vectors() const {
  std::vector<std::vector<float>> all(vector_count, std::vector<float>(dimensions));
  const std::byte* at = components.data();
  for (std::vector<float>& one : all) {
    std::memcpy(one.data(), at, dimensions * sizeof(float));
    at += dimensions * sizeof(float);
  }
  return all;
}

PointValueWriter::PointValueWriter(std::uint64_t version, std::size_t dimensions,
                                   std::size_t vector_count, std::size_t payload_bytes) {
  QUARTZ_CHECK(vector_count > 0 && vector_count <= kPointVectorsMax);
  std::byte header[kHeaderBytes];
  store(header, kValueFormat);
  store(header + 4, static_cast<std::uint32_t>(vector_count));
  store(header + 8, version);
  value_.reserve(kHeaderBytes + vector_count * dimensions * sizeof(float) + payload_bytes);
  value_ += as_text(header);
}

void PointValueWriter::add_vector(std::span<const float> components) {
  value_ += as_text(std::as_bytes(components));
}

std::string PointValueWriter::finish(std::string_view payload) && {
  value_ += payload;
  return std::move(value_);
}

Result<PointValue> parse_point_value(std::string_view value, std::size_t dimensions) {
  const auto bytes = as_bytes(value);
  if (bytes.size() < kHeaderBytes) {
    return Error(Errc::corruption,
                 fmt::format("a point's row has {} bytes, fewer than its header", bytes.size()));
  }
  if (const auto format = load<std::uint32_t>(bytes.data()); format != kValueFormat) {
    return Error(Errc::unsupported, fmt::format("a point's row has format {}; this build reads {}",
                                                format, kValueFormat));
  }
  PointValue point;
  point.vector_count = load<std::uint32_t>(bytes.data() + 4);
  point.version = load<std::uint64_t>(bytes.data() + 8);
  point.dimensions = dimensions;
  const std::size_t vector_bytes = point.vector_count * dimensions * sizeof(float);
  const auto rest = bytes.subspan(kHeaderBytes);
  if (point.vector_count == 0 || point.vector_count > kPointVectorsMax ||
      vector_bytes > rest.size() || rest.size() - vector_bytes > kPayloadBytesMax) {
    return Error(Errc::corruption,
                 fmt::format("a point's row of {} bytes cannot hold {} vectors of {} dimensions",
                             bytes.size(), point.vector_count, dimensions));
  }
  point.components = rest.first(vector_bytes);
  point.payload = as_text(rest.subspan(vector_bytes));
  return point;
}

}  // namespace quartz::vector
