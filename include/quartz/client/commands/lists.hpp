#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for keys that hold elements in an order. Negative indexes count from the end.
namespace quartz::commands {

/// At the beginning, one after another. The new length.
QUARTZ_EXPORT Command<std::int64_t> lpush(std::string_view key, const Names& elements);
/// At the end. The new length.
QUARTZ_EXPORT Command<std::int64_t> rpush(std::string_view key, const Names& elements);
/// Takes the first away; nothing if there is none.
QUARTZ_EXPORT Command<std::optional<std::string>> lpop(std::string_view key);
/// Takes the last away; nothing if there is none.
QUARTZ_EXPORT Command<std::optional<std::string>> rpop(std::string_view key);
/// From `first` to `last`, both included.
QUARTZ_EXPORT Command<std::vector<std::string>> lrange(std::string_view key, std::int64_t first,
                                                       std::int64_t last);
/// How many there are.
QUARTZ_EXPORT Command<std::int64_t> llen(std::string_view key);
/// Nothing beyond the ends.
QUARTZ_EXPORT Command<std::optional<std::string>> lindex(std::string_view key, std::int64_t index);
/// Fails with `rejected` beyond the ends.
QUARTZ_EXPORT Command<void> lset(std::string_view key, std::int64_t index,
                                 std::string_view element);
/// Takes away elements that are `element`: `count` from the beginning, -`count` from the end, or
/// all with 0. How many there were.
QUARTZ_EXPORT Command<std::int64_t> lrem(std::string_view key, std::int64_t count,
                                         std::string_view element);
/// Keeps those from `first` to `last` alone.
QUARTZ_EXPORT Command<void> ltrim(std::string_view key, std::int64_t first, std::int64_t last);

}  // namespace quartz::commands
