#include "server/auth/scope.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace quartz::server {
namespace {

constexpr std::array kRights = {
    std::pair{Right::kv_read, std::string_view("kv:read")},
    std::pair{Right::kv_write, std::string_view("kv:write")},
    std::pair{Right::pubsub, std::string_view("pubsub")},
    std::pair{Right::vectors_read, std::string_view("vectors:read")},
    std::pair{Right::vectors_write, std::string_view("vectors:write")},
    std::pair{Right::stats_read, std::string_view("stats:read")},
    std::pair{Right::admin, std::string_view("admin")},
};

// Scopes stand in lines of text, one after another.
bool is_plain(std::string_view prefix) noexcept {
  return std::ranges::none_of(
      prefix, [](char c) { return (static_cast<unsigned char>(c) <= ' ') || c == '\x7f'; });
}

}  // namespace

std::string_view to_string(Right right) noexcept {
  for (const auto& [each, name] : kRights) {
    if (each == right) return name;
  }
  return "";
}

std::string to_string(const Scope& scope) {
  if (scope.prefix.empty()) return std::string(to_string(scope.right));
  return fmt::format("{}:{}", to_string(scope.right), scope.prefix);
}

Result<Scope> parse_scope(std::string_view text) {
  for (const auto& [right, name] : kRights) {
    if (text == name) return Scope{.right = right};
    const bool has_keys = right == Right::kv_read || right == Right::kv_write;
    if (!has_keys || !text.starts_with(name) || text[name.size()] != ':') continue;
    const std::string_view prefix = text.substr(name.size() + 1);
    if (!prefix.empty() && is_plain(prefix)) {
      return Scope{.right = right, .prefix = std::string(prefix)};
    }
  }
  return Error(Errc::invalid_argument,
               fmt::format("\"{}\" is no scope; there are kv:read, kv:read:PREFIX, kv:write, "
                           "kv:write:PREFIX, pubsub, vectors:read, vectors:write, stats:read and "
                           "admin",
                           text));
}

}  // namespace quartz::server
