#include "server/auth/user.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kFormat = "quartz-user 1";

bool is_name_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

Error damaged(std::string_view name) {
  return {Errc::corruption,
          fmt::format("keyspace \"server\": the row of user \"{}\" is damaged", name)};
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Result<void> read_line(User& user, std::string_view line) {
  const auto space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  const std::string_view value = space == std::string_view::npos ? "" : line.substr(space + 1);
  if (word == "salt") {
    if (from_hex(value, user.salt.data(), user.salt.size())) return {};
  } else if (word == "secret") {
    SecretHash hash;
    if (from_hex(value, hash.data(), hash.size())) {
      user.secrets.push_back(hash);
      return {};
    }
  } else if (word == "scope") {
    const auto scope = parse_scope(value);
    if (scope) {
      user.scopes.push_back(*scope);
      return {};
    }
  }
  return damaged(user.name);
}

}  // namespace

std::string User::encode() const {
  std::string row = fmt::format("{}\nsalt {}\n", kFormat, to_hex(salt.data(), salt.size()));
  for (const SecretHash& secret : secrets) {
    row += fmt::format("secret {}\n", to_hex(secret.data(), secret.size()));
  }
  for (const Scope& scope : scopes) row += fmt::format("scope {}\n", to_string(scope));
  return row;
}

Result<User> User::decode(std::string_view name, std::string_view row) {
  const std::string_view format = take_line(row);
  if (format != kFormat) {
    if (!format.starts_with("quartz-user ")) return damaged(name);
    return Error(Errc::unsupported, fmt::format("user \"{}\" is kept in a later format", name));
  }
  User user{.name = std::string(name)};
  while (!row.empty()) QUARTZ_TRY(read_line(user, take_line(row)));
  if (user.secrets.empty() || user.secrets.size() > kSecretsMax) return damaged(name);
  return user;
}

Result<void> check_user_name(std::string_view name) {
  if (!name.empty() && name.size() <= User::kNameBytesMax &&
      std::ranges::all_of(name, is_name_letter)) {
    return {};
  }
  return Error(
      Errc::invalid_argument,
      fmt::format("a user's name has 1 to {} letters, digits, dots, dashes and underscores",
                  User::kNameBytesMax));
}

}  // namespace quartz::server
