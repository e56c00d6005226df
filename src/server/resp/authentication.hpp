#pragma once

#include <string_view>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Makes the client the user of that name, if the password is right.
Result<void> authenticate(CommandCall& call, std::string_view user, std::string_view password);

}  // namespace quartz::server
