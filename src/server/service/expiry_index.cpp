#include "server/service/expiry_index.hpp"

#include <cstdint>

#include "server/service/big_endian.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kFixedBytes = 16;

std::string up_to(std::uint64_t milliseconds) {
  std::string key;
  append_big_endian(key, 0);
  append_big_endian(key, milliseconds);
  return key;
}

std::uint64_t milliseconds_of(ExpiryTime time) noexcept {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

}  // namespace

std::string expiry_index_key(ExpiryTime expires_at, std::string_view key) {
  return up_to(milliseconds_of(expires_at)).append(key);
}

std::string expiry_index_begin() { return up_to(0); }

std::string expiry_index_end(ExpiryTime now) { return up_to(milliseconds_of(now) + 1); }

std::optional<ExpiryIndexEntry> read_expiry_index_key(std::string_view bytes) noexcept {
  if (bytes.size() < kFixedBytes || read_big_endian(bytes) != 0) return std::nullopt;
  const std::uint64_t milliseconds = read_big_endian(bytes.substr(8));
  return ExpiryIndexEntry{.expires_at = ExpiryTime(std::chrono::milliseconds(milliseconds)),
                          .key = bytes.substr(kFixedBytes)};
}

}  // namespace quartz::server
