#pragma once

#include <cstdint>

#include "server/auth/grants.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// What keeps a user from a command.
enum class Denial : std::uint8_t {
  none,
  command,  ///< He may not run it, whatever its keys.
  key,      ///< He may not use it with one of these keys.
};

/// Goes by the command's flags: `admin` needs the right of that name, `pubsub` likewise; `write`
/// needs kv:write for its keys, `readonly` and those without a flag that have keys need kv:read;
/// without keys they are about all of them. What is left is anybody's who has said who he is.
Denial denial_of(const Grants& grants, const Command& command, Words arguments);

}  // namespace quartz::server
