#pragma once

#include <span>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {

/// What INFO answers: lines `name:value` under a title for each section that is asked for, in any
/// case of letters. Without any, or with "default", all but those about each command; with "all" or
/// "everything", all of them.
Result<std::string> info_text(RespServer& server, std::span<const std::string_view> sections);

}  // namespace quartz::server
