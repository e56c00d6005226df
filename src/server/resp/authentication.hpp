#pragma once

#include <string_view>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Makes the client the user of that name, if the secret is right. As long as nobody has to say who
/// he is, everybody is "default".
Result<void> authenticate(CommandCall& call, std::string_view user, std::string_view secret);
/// The same without a name.
Result<void> authenticate_default(CommandCall& call, std::string_view secret);
/// Whether the client may do nothing yet but say who it is.
bool must_authenticate(const CommandCall& call) noexcept;

}  // namespace quartz::server
