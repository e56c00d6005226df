#include "server/auth/grants.hpp"

#include <algorithm>

namespace quartz::server {

Grants::Grants(std::span<const Scope> scopes) : scopes_(scopes.begin(), scopes.end()) {
  for (const Scope& scope : scopes_) {
    if (scope.prefix.empty()) rights_ |= bit(scope.right);
  }
  // Whoever may change what the server is may look at it.
  if (may(Right::admin)) rights_ |= bit(Right::stats_read);
}

Grants Grants::everything() {
  Grants all;
  for (const Right right : {Right::kv_read, Right::kv_write, Right::pubsub, Right::vectors_read,
                            Right::vectors_write, Right::stats_read, Right::admin}) {
    all.rights_ |= bit(right);
    all.scopes_.push_back({.right = right});
  }
  return all;
}

bool Grants::may(Right right, std::string_view key) const noexcept {
  if (may(right)) return true;
  return std::ranges::any_of(scopes_, [&](const Scope& scope) {
    return scope.right == right && key.starts_with(scope.prefix);
  });
}

}  // namespace quartz::server
