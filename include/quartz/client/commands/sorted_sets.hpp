#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

/// Commands for keys that hold members in the order of their scores. Ranks count from 0; negative
/// ones from the end.
namespace quartz::commands {

/// How many are new; of the others the score is replaced.
QUARTZ_EXPORT Command<std::int64_t> zadd(std::string_view key,
                                         const std::vector<ScoredMember>& members);
/// How many there were.
QUARTZ_EXPORT Command<std::int64_t> zrem(std::string_view key, const Names& members);
/// Nothing if there is no such member.
QUARTZ_EXPORT Command<std::optional<double>> zscore(std::string_view key, std::string_view member);
/// The new score.
QUARTZ_EXPORT Command<double> zincrby(std::string_view key, double by, std::string_view member);
/// How many there are.
QUARTZ_EXPORT Command<std::int64_t> zcard(std::string_view key);
/// Its rank from the lowest score on; nothing if there is no such member.
QUARTZ_EXPORT Command<std::optional<std::int64_t>> zrank(std::string_view key,
                                                         std::string_view member);
/// Of the ranks from `first` to `last`, both included.
QUARTZ_EXPORT Command<std::vector<ScoredMember>> zrange(std::string_view key, std::int64_t first,
                                                        std::int64_t last);
/// Of the scores from `lowest` to `highest`, both included; infinite ones have no bound.
QUARTZ_EXPORT Command<std::vector<ScoredMember>> zrangebyscore(std::string_view key, double lowest,
                                                               double highest);
/// How many have scores from `lowest` to `highest`, both included.
QUARTZ_EXPORT Command<std::int64_t> zcount(std::string_view key, double lowest, double highest);
/// Takes those of the lowest scores away.
QUARTZ_EXPORT Command<std::vector<ScoredMember>> zpopmin(std::string_view key,
                                                         std::int64_t count = 1);

}  // namespace quartz::commands
