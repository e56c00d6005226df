#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for keys, whatever they hold.
namespace quartz::commands {

/// How many there were.
QUARTZ_EXPORT Command<std::int64_t> del(const Names& keys);
/// How many of them there are; one named twice counts twice.
QUARTZ_EXPORT Command<std::int64_t> exists(const Names& keys);
/// The key goes after so long. Whether there is such a key.
QUARTZ_EXPORT Command<bool> expire(std::string_view key, std::chrono::milliseconds after);
/// The key stays. Whether there is such a key that would have gone.
QUARTZ_EXPORT Command<bool> persist(std::string_view key);
/// To the millisecond.
QUARTZ_EXPORT Command<TimeToLive> ttl(std::string_view key);
/// "string", "hash", "set", "list", "zset", "vectorset"; "none" if there is no such key.
QUARTZ_EXPORT Command<std::string> type(std::string_view key);
/// Fails with `rejected` if there is no such key; what `to` held is gone.
QUARTZ_EXPORT Command<void> rename(std::string_view key, std::string_view to);

}  // namespace quartz::commands
