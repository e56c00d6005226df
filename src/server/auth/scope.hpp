#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::server {

/// What a scope lets its user do.
enum class Right : std::uint8_t {
  kv_read,
  kv_write,
  pubsub,
  vectors_read,
  vectors_write,
  stats_read,
  admin,
};

/// One grant, as people write it: "kv:read", "kv:write:orders/", "admin".
struct Scope {
  Right right = Right::kv_read;
  std::string prefix =
      {};  ///< Of the keys that it is about; empty: all. Only of kv:read, kv:write.

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// `invalid_argument` for what is no scope, and for a prefix with blanks or control characters.
Result<Scope> parse_scope(std::string_view text);
std::string to_string(const Scope& scope);
/// "kv:read".
std::string_view to_string(Right right) noexcept;

}  // namespace quartz::server
