#include "server/resp/authentication.hpp"

#include "server/auth/access_control.hpp"
#include "server/resp/resp_client.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kEverybody = "default";

Error wrong_password() {
  return {Errc::invalid_argument, "WRONGPASS invalid username-password pair or user is disabled."};
}

}  // namespace

Result<void> authenticate(CommandCall& call, std::string_view user, std::string_view secret) {
  AccessControl* const access = call.client.access();
  if (access == nullptr || !access->required()) {
    // Everybody is the default user, with any password.
    if (user == kEverybody) return {};
    return wrong_password();
  }
  auto done = call.client.log_in(user, secret);
  if (done) return done;
  switch (done.error().code()) {
    case Errc::invalid_argument:
      return wrong_password();
    case Errc::busy:
      return Error(Errc::invalid_argument, std::string(kRateLimitExceeded));
    default:
      return done;
  }
}

Result<void> authenticate_default(CommandCall& call, std::string_view secret) {
  AccessControl* const access = call.client.access();
  if (access == nullptr || !access->required()) {
    return Error(Errc::invalid_argument,
                 "ERR AUTH <password> called without any password configured for the default user. "
                 "Are you sure your configuration is correct?");
  }
  return authenticate(call, kEverybody, secret);
}

bool must_authenticate(const CommandCall& call) noexcept { return !call.client.has_access(); }

}  // namespace quartz::server
