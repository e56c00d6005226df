#include "quartz/client/commands/sorted_sets.hpp"

#include <deque>

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;
using client::words_of;

Command<std::int64_t> zadd(std::string_view key, const std::vector<ScoredMember>& members) {
  std::deque<NumberWord> scores;  // Words refer to them, so that they must stay where they are.
  std::vector<std::string_view> words = {"ZADD", key};
  for (const ScoredMember& each : members) {
    words.push_back(scores.emplace_back(each.score));
    words.emplace_back(each.member);
  }
  return Command<std::int64_t>(words);
}

Command<std::int64_t> zrem(std::string_view key, const Names& members) {
  return Command<std::int64_t>(words_of({"ZREM", key}, members));
}

Command<std::optional<double>> zscore(std::string_view key, std::string_view member) {
  return Command<std::optional<double>>({"ZSCORE", key, member});
}

Command<double> zincrby(std::string_view key, double by, std::string_view member) {
  return Command<double>({"ZINCRBY", key, NumberWord(by), member});
}

Command<std::int64_t> zcard(std::string_view key) { return Command<std::int64_t>({"ZCARD", key}); }

Command<std::optional<std::int64_t>> zrank(std::string_view key, std::string_view member) {
  return Command<std::optional<std::int64_t>>({"ZRANK", key, member});
}

Command<std::vector<ScoredMember>> zrange(std::string_view key, std::int64_t first,
                                          std::int64_t last) {
  return Command<std::vector<ScoredMember>>(
      {"ZRANGE", key, NumberWord(first), NumberWord(last), "WITHSCORES"});
}

Command<std::vector<ScoredMember>> zrangebyscore(std::string_view key, double lowest,
                                                 double highest) {
  return Command<std::vector<ScoredMember>>(
      {"ZRANGEBYSCORE", key, NumberWord(lowest), NumberWord(highest), "WITHSCORES"});
}

Command<std::int64_t> zcount(std::string_view key, double lowest, double highest) {
  return Command<std::int64_t>({"ZCOUNT", key, NumberWord(lowest), NumberWord(highest)});
}

Command<std::vector<ScoredMember>> zpopmin(std::string_view key, std::int64_t count) {
  return Command<std::vector<ScoredMember>>({"ZPOPMIN", key, NumberWord(count)});
}

}  // namespace quartz::commands
