#pragma once

#include "server/oracle/random_command.hpp"
#include "server/oracle/reply_comparison.hpp"

namespace quartz::server {

/// Whether Quartz means to reply to this otherwise than Redis does; docs/api/resp.md says why.
bool is_allowed_difference(const RandomCommand& command, const ReplyTree& redis,
                           const ReplyTree& quartz);

}  // namespace quartz::server
