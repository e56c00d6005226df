#include "server/auth/access_control.hpp"

#include <optional>
#include <utility>

#include "base/try.hpp"

namespace quartz::server {
namespace {

/// Of one address. Each costs the server the time of hundreds of requests.
constexpr std::uint32_t kFailuresPerSecond = 5;

/// In the place of a user that does not exist, so that the answer takes as long.
const User& nobody() {
  static const User user{.name = {}, .secrets = {SecretHash{}}};
  return user;
}

// All of them are looked at, in the same time.
std::optional<SecretHash> matching_secret(const User& user, const SecretHash& hash) {
  std::optional<SecretHash> match;
  for (const SecretHash& secret : user.secrets) {
    if (same_hash(secret, hash)) match = secret;
  }
  return match;
}

IdentityRef identity_of(const User& user, const SecretHash& secret, std::uint64_t version) {
  return std::make_shared<const Identity>(Identity{
      .user = user.name, .grants = Grants(user.scopes), .secret = secret, .version = version});
}

}  // namespace

std::string_view host_of(std::string_view address) noexcept {
  address = address.substr(0, address.rfind(':'));
  if (address.starts_with('[') && address.ends_with(']')) {
    address.remove_prefix(1);
    address.remove_suffix(1);
  }
  return address;
}

Result<IdentityRef> AccessControl::log_in(std::string_view user, std::string_view secret,
                                          std::string_view address) {
  const auto bucket = failures_.bucket(address);
  if (bucket->left(kFailuresPerSecond, RateLimits::Clock::now()) == 0) {
    return Error(Errc::busy, "too many failed log-ins");
  }
  const std::uint64_t version = users_.version();
  QUARTZ_ASSIGN(const std::optional<User> found, users_.find(user));
  const User& checked = found ? *found : nobody();
  QUARTZ_ASSIGN(const SecretHash hash, hash_secret(secret, checked.salt));
  const auto shown = matching_secret(checked, hash);
  if (!shown || !found) {
    static_cast<void>(bucket->try_take(kFailuresPerSecond, RateLimits::Clock::now()));
    note_failure(user, found.has_value(), address);
    return Error(Errc::invalid_argument, "there is no such user, or this is not his secret");
  }
  return identity_of(*found, *shown, version);
}

Result<IdentityRef> AccessControl::renewed(const IdentityRef& identity) const {
  const std::uint64_t version = users_.version();
  if (identity->version == version) return identity;
  QUARTZ_ASSIGN(const std::optional<User> found, users_.find(identity->user));
  if (!found) return IdentityRef();
  const auto shown = matching_secret(*found, identity->secret);
  if (!shown) return IdentityRef();
  return identity_of(*found, *shown, version);
}

bool AccessControl::lets_go_on(IdentityRef& identity) const {
  if (!identity) return !required();
  const auto now = renewed(identity);
  if (!now || !*now) return false;
  identity = *now;
  return true;
}

// A name that nobody has may be a secret that was put in the wrong place.
void AccessControl::note_failure(std::string_view user, bool known, std::string_view address) {
  log_.warn("audit: failed log-in as {} from {}", known ? user : "an unknown user", address);
}

void AccessControl::audit(std::string_view user, std::string_view address,
                          std::string_view action) const {
  log_.info("audit: {} by {} from {}", action, user.empty() ? "anybody" : user, address);
}

}  // namespace quartz::server
