#pragma once

#include <string>
#include <vector>

#include "server/resp/command.hpp"

namespace quartz::server {

/// The words of a request as logs may keep them: without secrets, the longer ones cut off, and at
/// most 32 of them.
std::vector<std::string> logged_words(const Command& command, Words arguments);

}  // namespace quartz::server
