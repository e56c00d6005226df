#pragma once

#include <span>
#include <string_view>

#include "server/resp/command.hpp"

namespace quartz::server {

/// Replies to a HELP with its lines.
inline Result<void> reply_with_help(CommandCall& call, std::span<const std::string_view> lines) {
  call.reply.array(lines.size());
  for (const std::string_view line : lines) call.reply.simple(line);
  return {};
}

}  // namespace quartz::server
