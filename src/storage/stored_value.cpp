#include "storage/stored_value.hpp"

#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "base/check.hpp"

namespace quartz::storage {

std::byte* encode_trailer(std::byte* to, const RowAttributes& attributes) noexcept {
  std::uint8_t flags = attributes.kind;
  if (attributes.expires_at) {
    flags |= kExpiresFlag;
    store(to, static_cast<std::uint64_t>(attributes.expires_at->time_since_epoch().count()));
    to += sizeof(std::uint64_t);
  }
  store(to, flags);
  return to + kTrailerBytes;
}

bool take_apart_expiring(std::string_view stored, StoredValue& into) noexcept {
  if (stored.size() < kExpiringTrailerBytes) return false;
  const auto flags = static_cast<std::uint8_t>(stored.back());
  if ((flags & ~kKindBits) != kExpiresFlag) return false;
  const std::size_t value_bytes = stored.size() - kExpiringTrailerBytes;
  const auto count = load<std::uint64_t>(as_bytes(stored.substr(value_bytes)).data());
  if (count > static_cast<std::uint64_t>(kExpiryTimeMax.time_since_epoch().count())) return false;
  into.value = stored.substr(0, value_bytes);
  into.attributes.expires_at =
      ExpiryTime(std::chrono::milliseconds(static_cast<std::int64_t>(count)));
  into.attributes.kind = static_cast<std::uint8_t>(flags & kKindBits);
  return true;
}

std::string_view value_without_trailer(std::string_view stored) noexcept {
  const auto decoded = decode_stored_value(stored);
  QUARTZ_CHECK(decoded.has_value());
  return decoded->value;
}

Error malformed_value(std::string_view keyspace, std::string_view key) {
  constexpr std::size_t kShownBytes = 64;
  std::string shown;
  for (const char c : key.substr(0, kShownBytes)) {
    shown += c >= ' ' && c <= '~' ? std::string(1, c)
                                  : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return {Errc::corruption,
          fmt::format("keyspace \"{}\", key \"{}{}\": the stored value has no valid trailer",
                      keyspace, shown, key.size() > kShownBytes ? "…" : "")};
}

std::byte* encode_put(std::byte* to, KeyspaceId keyspace, std::string_view key,
                      std::string_view value, const RowAttributes& attributes) noexcept {
  std::byte* const end = encode_operation(to, OperationType::put, keyspace, key, value);
  // The trailer is a part of the stored value, which the header counts whole.
  store(to + offsetof(OperationHeader, value_bytes),
        static_cast<std::uint32_t>(value.size() + trailer_bytes(attributes)));
  return encode_trailer(end, attributes);
}

}  // namespace quartz::storage
