#pragma once

#include <cstdint>
#include <string_view>

#include "quartz/client/command.hpp"
#include "quartz/export.hpp"

/// Commands for channels. What is published there is heard by `Client::subscribe`.
namespace quartz::commands {

/// How many have heard it, or will: those who are subscribed to the channel and to patterns of it.
/// Not idempotent.
QUARTZ_EXPORT Command<std::int64_t> publish(std::string_view channel, std::string_view payload);

}  // namespace quartz::commands
