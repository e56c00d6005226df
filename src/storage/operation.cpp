#include "storage/operation.hpp"

#include <cstring>

#include "quartz/storage/limits.hpp"
#include "storage/stored_value.hpp"

namespace quartz::storage {

std::byte* encode_operation(std::byte* to, OperationType type, KeyspaceId keyspace,
                            std::string_view key, std::string_view value) noexcept {
  const OperationHeader header{.type = type,
                               .flags = 0,
                               .reserved = 0,
                               .keyspace = keyspace,
                               .key_bytes = static_cast<std::uint32_t>(key.size()),
                               .value_bytes = static_cast<std::uint32_t>(value.size())};
  std::memcpy(to, &header, kOperationHeaderBytes);
  to += kOperationHeaderBytes;
  // An empty view may be null, which memcpy must not be given.
  if (!key.empty()) {
    std::memcpy(to, key.data(), key.size());
  }
  if (!value.empty()) {
    std::memcpy(to + key.size(), value.data(), value.size());
  }
  return to + key.size() + value.size();
}

namespace {

// Whether a header read from a file is one that this version writes.
bool well_formed_header(const OperationHeader& header) noexcept {
  if (header.flags != 0 || header.reserved != 0 || header.keyspace > kKeyspaceIdMax ||
      header.key_bytes > kKeyBytesMax) {
    return false;
  }
  switch (header.type) {
    case OperationType::put:
      return header.value_bytes <= kValueBytesMax + kExpiringTrailerBytes;
    case OperationType::remove:
      return header.value_bytes == 0;
    case OperationType::remove_range:
      return header.value_bytes <= kKeyBytesMax;  // The end of the range is a key, too.
  }
  return false;
}

// Whether the value of a put has attributes, and is within its limit without them.
bool well_formed_value(OperationView operation) noexcept {
  if (operation.type() != OperationType::put) return true;
  const auto decoded = decode_stored_value(operation.value());
  return decoded && decoded->value.size() <= kValueBytesMax;
}

}  // namespace

bool well_formed(std::span<const std::byte> operations, std::uint32_t count) noexcept {
  for (; count > 0; --count) {
    if (operations.size() < kOperationHeaderBytes) {
      return false;
    }
    OperationHeader header;
    std::memcpy(&header, operations.data(), kOperationHeaderBytes);
    if (!well_formed_header(header)) {
      return false;
    }
    // The lengths are 32 bits wide and limited, so that the sum cannot wrap.
    const std::size_t bytes = operation_bytes(header.key_bytes, header.value_bytes);
    if (bytes > operations.size() || !well_formed_value(OperationView(operations.data()))) {
      return false;
    }
    operations = operations.subspan(bytes);
  }
  return operations.empty();
}

}  // namespace quartz::storage
