// The operations of a record, of which the first byte says how many they are; and the same bytes as
// a list of what to put into a batch.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "quartz/storage/write_batch.hpp"
#include "storage/stored_value.hpp"
#include "storage/write_limits.hpp"

namespace quartz::storage {
namespace {

std::byte* encode_again(std::byte* to, OperationView operation) {
  if (operation.type() != OperationType::put) {
    QUARTZ_CHECK(check_operation(operation.type(), operation.key(), operation.value()));
    return encode_operation(to, operation.type(), operation.keyspace(), operation.key(),
                            operation.value());
  }
  const auto row = decode_stored_value(operation.value());
  QUARTZ_CHECK(row.has_value());
  QUARTZ_CHECK(check_operation(OperationType::put, operation.key(), row->value, row->attributes));
  return encode_put(to, operation.keyspace(), operation.key(), row->value, row->attributes);
}

// What is accepted is what a write may be, and there are no other bytes for it.
void read(std::span<const std::byte> operations, std::uint32_t count) {
  if (!well_formed(operations, count)) return;
  std::vector<std::byte> again(operations.size());
  std::byte* to = again.data();
  const std::byte* from = operations.data();
  for (; count > 0; --count) {
    const OperationView operation(from);
    QUARTZ_CHECK(operation.keyspace() <= kKeyspaceIdMax);
    from += operation.bytes();
    to = encode_again(to, operation);
    QUARTZ_CHECK(to - again.data() == from - operations.data());
  }
  QUARTZ_CHECK(std::ranges::equal(again, operations));
}

// A length that a byte stands for; the last ones are at the limit, and beyond it.
std::size_t key_bytes_of(std::uint8_t code) {
  if (code >= 254) return kKeyBytesMax + (code - 254U);
  return code;
}

RowAttributes attributes_of(std::uint8_t code) {
  RowAttributes attributes;
  attributes.kind = code % 32;
  const ExpiryTime first;
  switch (code / 32) {
    case 1:
      attributes.expires_at = first;
      break;
    case 2:
      attributes.expires_at = kExpiryTimeMax;
      break;
    case 3:
      attributes.expires_at = kExpiryTimeMax + std::chrono::milliseconds(1);
      break;
    case 4:
      attributes.expires_at = first - std::chrono::milliseconds(1);
      break;
    default:
      break;
  }
  return attributes;
}

bool storable(const RowAttributes& attributes) {
  return attributes.kind <= kRowKindMax &&
         (!attributes.expires_at ||
          (*attributes.expires_at >= ExpiryTime() && *attributes.expires_at <= kExpiryTimeMax));
}

// Four bytes are one operation: what it is, the lengths of key and value, and attributes.
void write(std::span<const std::uint8_t> script) {
  WriteBatch batch;
  std::uint32_t count = 0;
  bool refused = false;
  for (; script.size() >= 4; script = script.subspan(4)) {
    const std::string key(key_bytes_of(script[1]), static_cast<char>(script[1]));
    const std::string value(key_bytes_of(script[2]), static_cast<char>(script[2]));
    const RowAttributes attributes = attributes_of(script[3]);
    bool fits = key.size() <= kKeyBytesMax;
    bool empty = false;
    switch (script[0] % 3) {
      case 0:
        batch.put(key, value, attributes);
        fits = fits && storable(attributes);
        break;
      case 1:
        batch.remove(key);
        break;
      default:
        batch.remove_range(key, value);
        fits = fits && value.size() <= kKeyBytesMax;
        empty = value <= key;
    }
    if (empty) continue;
    refused = refused || !fits;
    if (!refused) ++count;
  }
  QUARTZ_CHECK(batch.error().has_value() == refused);
  QUARTZ_CHECK(batch.operation_count() == count);
  QUARTZ_CHECK(well_formed(as_bytes(batch.encoded_operations()), count));
  read(as_bytes(batch.encoded_operations()), count);
}

}  // namespace
}  // namespace quartz::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> rest(data + 1, size - 1);
  quartz::storage::read(std::as_bytes(rest), data[0]);
  quartz::storage::write(rest.first(std::min<std::size_t>(rest.size(), 64)));
  return 0;
}
