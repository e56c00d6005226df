#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for keys that hold fields with values.
namespace quartz::commands {

/// How many fields are new.
QUARTZ_EXPORT Command<std::int64_t> hset(std::string_view key, const NamedTexts& fields);
/// Nothing if there is no such field.
QUARTZ_EXPORT Command<std::optional<std::string>> hget(std::string_view key,
                                                       std::string_view field);
/// One for each field, in their order.
QUARTZ_EXPORT Command<std::vector<std::optional<std::string>>> hmget(std::string_view key,
                                                                     const Names& fields);
/// In no order.
QUARTZ_EXPORT Command<NamedValues> hgetall(std::string_view key);
/// How many there were.
QUARTZ_EXPORT Command<std::int64_t> hdel(std::string_view key, const Names& fields);
/// Whether `field` is there.
QUARTZ_EXPORT Command<bool> hexists(std::string_view key, std::string_view field);
/// The new number.
QUARTZ_EXPORT Command<std::int64_t> hincrby(std::string_view key, std::string_view field,
                                            std::int64_t by);
/// How many fields there are.
QUARTZ_EXPORT Command<std::int64_t> hlen(std::string_view key);
/// The names of all fields.
QUARTZ_EXPORT Command<std::vector<std::string>> hkeys(std::string_view key);
/// What all fields hold.
QUARTZ_EXPORT Command<std::vector<std::string>> hvals(std::string_view key);

}  // namespace quartz::commands
