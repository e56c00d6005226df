#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for keys that hold members in no order.
namespace quartz::commands {

/// How many are new.
QUARTZ_EXPORT Command<std::int64_t> sadd(std::string_view key, const Names& members);
/// How many there were.
QUARTZ_EXPORT Command<std::int64_t> srem(std::string_view key, const Names& members);
/// Whether `member` is in it.
QUARTZ_EXPORT Command<bool> sismember(std::string_view key, std::string_view member);
QUARTZ_EXPORT Command<std::vector<std::string>> smembers(std::string_view key);  ///< In no order.
/// How many there are.
QUARTZ_EXPORT Command<std::int64_t> scard(std::string_view key);
/// A random one, which is taken away; nothing if there is none.
QUARTZ_EXPORT Command<std::optional<std::string>> spop(std::string_view key);
/// Those in all of them.
QUARTZ_EXPORT Command<std::vector<std::string>> sinter(const Names& keys);
/// Those in any of them.
QUARTZ_EXPORT Command<std::vector<std::string>> sunion(const Names& keys);
/// Those in the first and none of the others.
QUARTZ_EXPORT Command<std::vector<std::string>> sdiff(const Names& keys);

}  // namespace quartz::commands
