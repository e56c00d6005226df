#include "server/resp/authentication.hpp"

namespace quartz::server {

Result<void> authenticate(CommandCall&, std::string_view user, std::string_view) {
  if (user != "default") {
    return Error(Errc::invalid_argument,
                 "WRONGPASS invalid username-password pair or user is disabled.");
  }
  return Error(Errc::invalid_argument,
               "AUTH <password> called without any password configured for the default user. Are "
               "you sure your configuration is correct?");
}

}  // namespace quartz::server
