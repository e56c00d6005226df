#include "quartz/client/commands/keys.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;
using client::words_of;

Command<std::int64_t> del(const Names& keys) {
  return Command<std::int64_t>(words_of({"DEL"}, keys));
}

Command<std::int64_t> exists(const Names& keys) {
  return Command<std::int64_t>(words_of({"EXISTS"}, keys));
}

Command<bool> expire(std::string_view key, std::chrono::milliseconds after) {
  return Command<bool>({"PEXPIRE", key, NumberWord(after.count())});
}

Command<bool> persist(std::string_view key) { return Command<bool>({"PERSIST", key}); }

Command<TimeToLive> ttl(std::string_view key) { return Command<TimeToLive>({"PTTL", key}); }

Command<std::string> type(std::string_view key) { return Command<std::string>({"TYPE", key}); }

Command<void> rename(std::string_view key, std::string_view to) {
  return Command<void>({"RENAME", key, to});
}

}  // namespace quartz::commands
