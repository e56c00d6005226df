#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/coding.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/limits.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

// What a put stores as its value: the user's value, then a trailer that has the row's attributes.
// Log, memtables, row cache and levels carry it as bytes; whoever takes a value from the user or
// gives one to him encodes or decodes it here. docs/formats/log.md gives the layout.

inline constexpr std::uint8_t kKindBits = 0x0F;
inline constexpr std::uint8_t kExpiresFlag = 0x80;
static_assert(kRowKindMax == kKindBits, "the bits between the kind and the flag are reserved");

/// Bytes of the flags, and of the time of expiry before them if there is one.
inline constexpr std::size_t kTrailerBytes = 1;
inline constexpr std::size_t kExpiringTrailerBytes = kTrailerBytes + sizeof(std::uint64_t);

/// A stored value taken apart.
struct StoredValue {
  std::string_view value;  // The user's; a view into the stored one, from its beginning.
  RowAttributes attributes;
};

constexpr std::size_t trailer_bytes(const RowAttributes& attributes) noexcept {
  return attributes.expires_at ? kExpiringTrailerBytes : kTrailerBytes;
}

/// Writes the trailer to `to`, which has room for `trailer_bytes(attributes)`; where it ends. The
/// attributes are within their limits.
std::byte* encode_trailer(std::byte* to, const RowAttributes& attributes) noexcept;

/// The slow half of `take_apart`.
bool take_apart_expiring(std::string_view stored, StoredValue& into) noexcept;

/// Takes a stored value apart into `into`, whose expiry must be empty. False, and nothing done, if
/// it has no trailer that this version writes. Judges bytes from a file.
inline bool take_apart(std::string_view stored, StoredValue& into) noexcept {
  if (stored.empty()) [[unlikely]]
    return false;
  const auto flags = static_cast<std::uint8_t>(stored.back());
  if ((flags & ~kKindBits) != 0) [[unlikely]]
    return take_apart_expiring(stored, into);
  into.value = stored.substr(0, stored.size() - kTrailerBytes);
  into.attributes.kind = flags;
  return true;
}

/// The same as a value; nothing if it is malformed.
inline std::optional<StoredValue> decode_stored_value(std::string_view stored) noexcept {
  StoredValue row;
  return take_apart(stored, row) ? std::optional(row) : std::nullopt;
}

/// The user's part of a value that was validated when it was appended or replayed.
std::string_view value_without_trailer(std::string_view stored) noexcept;

/// Of a row of keyspace and key whose stored value does not decode: `corruption`.
Error malformed_value(std::string_view keyspace, std::string_view key);

/// Bytes of a put as an operation of the log.
constexpr std::size_t put_bytes(std::size_t key_bytes, std::size_t value_bytes,
                                const RowAttributes& attributes) noexcept {
  return operation_bytes(key_bytes, value_bytes + trailer_bytes(attributes));
}

/// Writes a put to `to`, which has room for `put_bytes(...)`; where it ends.
std::byte* encode_put(std::byte* to, KeyspaceId keyspace, std::string_view key,
                      std::string_view value, const RowAttributes& attributes = {}) noexcept;

}  // namespace quartz::storage
