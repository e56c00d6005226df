#include "server/auth/users.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/service/open_keyspace.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kPrefix = "user.";
constexpr std::string_view kPrefixEnd = "user/";

std::string row_key(std::string_view name) { return std::string(kPrefix).append(name); }

Error no_such_user(std::string_view name) {
  return {Errc::not_found, fmt::format("there is no user \"{}\"", name)};
}

}  // namespace

Result<std::unique_ptr<Users>> Users::open(StorageEngine& engine) {
  QUARTZ_ASSIGN(Keyspace keyspace, open_keyspace(engine, "server"));
  std::unique_ptr<Users> users(new Users(engine, std::move(keyspace)));
  QUARTZ_ASSIGN(const std::vector<User> all, users->all());
  users->count_.store(all.size(), std::memory_order_release);
  return users;
}

// What was written holds at once, for connections that were let in before too: also if the sync
// fails, or the write itself, of which nobody knows then whether it can be read. `more` is modular.
Result<void> Users::settle(const Result<void>& written, std::size_t more) {
  if (written) {
    count_.fetch_add(more, std::memory_order_acq_rel);
  } else if (const auto users = all()) {
    count_.store(users->size(), std::memory_order_release);
  }
  version_.fetch_add(1, std::memory_order_acq_rel);
  QUARTZ_TRY(written);
  // Whoever was shown a secret, or told that one is revoked, relies on it from then on.
  return engine_.sync();
}

Result<std::string> Users::create(std::string_view name, std::span<const Scope> scopes) {
  QUARTZ_TRY(check_user_name(name));
  if (scopes.empty() || scopes.size() > User::kScopesMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("a user has 1 to {} scopes", User::kScopesMax));
  }
  MutexLock lock(mutex_);
  QUARTZ_ASSIGN(const auto existing, find(name));
  if (existing) {
    return Error(Errc::already_exists, fmt::format("there is a user \"{}\" already", name));
  }
  User user{.name = std::string(name), .scopes = {scopes.begin(), scopes.end()}};
  QUARTZ_ASSIGN(user.salt, make_salt());
  QUARTZ_ASSIGN(std::string secret, make_secret());
  QUARTZ_ASSIGN(const SecretHash hash, hash_secret(secret, user.salt));
  user.secrets.push_back(hash);
  QUARTZ_TRY(settle(engine_.put(keyspace_, row_key(name), user.encode()), 1));
  return secret;
}

Result<std::string> Users::rotate(std::string_view name) {
  MutexLock lock(mutex_);
  QUARTZ_ASSIGN(auto user, find(name));
  if (!user) return no_such_user(name);
  QUARTZ_ASSIGN(std::string secret, make_secret());
  QUARTZ_ASSIGN(const SecretHash hash, hash_secret(secret, user->salt));
  user->secrets.insert(user->secrets.begin(), hash);
  user->secrets.resize(std::min(user->secrets.size(), User::kSecretsMax));
  QUARTZ_TRY(settle(engine_.put(keyspace_, row_key(name), user->encode()), 0));
  return secret;
}

Result<void> Users::revoke(std::string_view name) {
  MutexLock lock(mutex_);
  QUARTZ_ASSIGN(const auto user, find(name));
  if (!user) return no_such_user(name);
  return settle(engine_.remove(keyspace_, row_key(name)), std::size_t{0} - 1);
}

Result<std::optional<User>> Users::find(std::string_view name) const {
  if (!check_user_name(name)) return std::optional<User>();
  QUARTZ_ASSIGN(const auto row, engine_.get(keyspace_, row_key(name)));
  if (!row) return std::optional<User>();
  QUARTZ_ASSIGN(User user, User::decode(name, *row));
  return std::optional<User>(std::move(user));
}

Result<std::vector<User>> Users::all() const {
  std::vector<User> users;
  Cursor cursor = engine_.cursor({.keyspace = &keyspace_});
  for (cursor.seek(kPrefix); cursor.valid() && cursor.key() < kPrefixEnd; cursor.next()) {
    QUARTZ_ASSIGN(User user, User::decode(cursor.key().substr(kPrefix.size()), cursor.value()));
    users.push_back(std::move(user));
  }
  if (cursor.error()) return *cursor.error();
  return users;
}

}  // namespace quartz::server
