#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/auth/scope.hpp"
#include "server/auth/secret.hpp"

namespace quartz::server {

/// Somebody who may use the server, as the row `user.<name>` of keyspace "server" keeps it.
struct User {
  /// So many are valid at a time: while programs are given the new one, the old one still works.
  static constexpr std::size_t kSecretsMax = 2;
  static constexpr std::size_t kNameBytesMax = 64;
  static constexpr std::size_t kScopesMax = 256;

  std::string name = {};
  Salt salt = {};
  std::vector<SecretHash> secrets = {};  ///< One or two; the newest first.
  std::vector<Scope> scopes = {};

  /// The row's value: lines of text, of which the first names the format. See
  /// docs/guide/security.md.
  std::string encode() const;
  /// `corruption` naming the user, `unsupported` for a later format.
  static Result<User> decode(std::string_view name, std::string_view row);
};

/// Letters, digits, dots, dashes and underscores; `invalid_argument` for any other name.
Result<void> check_user_name(std::string_view name);

}  // namespace quartz::server
