#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/auth/scope.hpp"

namespace quartz::server {

/// All that a user may do. Cost of a question: a look at a bit, and for keys a comparison with each
/// granted prefix.
class Grants {
 public:
  Grants() = default;
  explicit Grants(std::span<const Scope> scopes);
  /// Of everybody as long as nobody has to say who he is.
  static Grants everything();

  bool may(Right right) const noexcept { return (rights_ & bit(right)) != 0; }
  /// `right` is kv_read or kv_write.
  bool may(Right right, std::string_view key) const noexcept;
  /// Every key that begins with `prefix`.
  bool may_all(Right right, std::string_view prefix) const noexcept { return may(right, prefix); }

  const std::vector<Scope>& scopes() const noexcept { return scopes_; }

 private:
  static std::uint32_t bit(Right right) noexcept { return 1u << static_cast<unsigned>(right); }

  std::uint32_t rights_ = 0;  // Those that are about everything.
  std::vector<Scope> scopes_;
};

}  // namespace quartz::server
