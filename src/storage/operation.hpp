#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/coding.hpp"

namespace quartz::storage {

/// Numbers operations densely in the order they become visible; the first is 1.
using Sequence = std::uint64_t;
inline constexpr Sequence kSequenceMax = ~Sequence{0};

/// Tells keyspaces apart in the log and in memory; unique while the engine is open.
using KeyspaceId = std::uint32_t;
inline constexpr KeyspaceId kDefaultKeyspaceId = 0;
/// A memtable finds its tree by two array steps over this range.
inline constexpr KeyspaceId kKeyspaceIdMax = 1024 * 1024 - 1;

/// What an operation of a log record does. Stored; never renumber.
enum class OperationType : std::uint8_t {
  put = 1,
  remove = 2,
  remove_range = 3,  // Key: first of the range. Value: its end, excluded.
};

/// The fixed part of an operation as the log stores it; key and value follow without a gap.
/// Flags are reserved and zero. The value of a put is a stored value (stored_value.hpp), which has
/// the row's attributes; what follows here takes it as bytes.
struct OperationHeader {
  OperationType type;
  std::uint8_t flags;
  std::uint16_t reserved;
  std::uint32_t keyspace;
  std::uint32_t key_bytes;
  std::uint32_t value_bytes;
};
static_assert(sizeof(OperationHeader) == 16, "docs/formats/log.md gives the layout; change both");

inline constexpr std::size_t kOperationHeaderBytes = sizeof(OperationHeader);

/// Bytes of an operation with such a key and value.
constexpr std::size_t operation_bytes(std::size_t key_bytes, std::size_t value_bytes) noexcept {
  return kOperationHeaderBytes + key_bytes + value_bytes;
}

/// An operation in place: a view of bytes that were validated when they were appended or replayed.
/// One pointer wide, so that an index can hold it.
class OperationView {
 public:
  OperationView() noexcept = default;
  explicit OperationView(const std::byte* at) noexcept : at_(at) {}

  OperationType type() const noexcept {
    return static_cast<OperationType>(load<std::uint8_t>(at_));
  }
  KeyspaceId keyspace() const noexcept { return load<std::uint32_t>(at_ + 4); }
  std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(at_ + kOperationHeaderBytes), key_bytes()};
  }
  std::string_view value() const noexcept {
    return {reinterpret_cast<const char*>(at_ + kOperationHeaderBytes + key_bytes()),
            value_bytes()};
  }
  std::size_t bytes() const noexcept { return operation_bytes(key_bytes(), value_bytes()); }
  const std::byte* data() const noexcept { return at_; }

 private:
  std::size_t key_bytes() const noexcept { return load<std::uint32_t>(at_ + 8); }
  std::size_t value_bytes() const noexcept { return load<std::uint32_t>(at_ + 12); }

  const std::byte* at_ = nullptr;
};

/// Writes an operation to `to`, which has room for `operation_bytes(...)`; where it ends.
std::byte* encode_operation(std::byte* to, OperationType type, KeyspaceId keyspace,
                            std::string_view key, std::string_view value) noexcept;

/// Whether `operations` is exactly `count` well-formed operations: known types, no flags, limits
/// kept, lengths that fit, puts whose attributes decode. Judges bytes from a file; a checksum is no
/// proof against a future writer.
bool well_formed(std::span<const std::byte> operations, std::uint32_t count) noexcept;

}  // namespace quartz::storage
