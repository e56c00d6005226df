#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/resp/command.hpp"

namespace quartz::server {

/// Stands in the place of a secret.
inline constexpr std::string_view kRedactedWord = "(redacted)";
/// Whether the word of that index is a secret.
bool is_secret_word(const Command& command, Words arguments, std::size_t index);

/// The words of a request as logs may keep them: without secrets, the longer ones cut off, and at
/// most 32 of them.
std::vector<std::string> logged_words(const Command& command, Words arguments);

}  // namespace quartz::server
