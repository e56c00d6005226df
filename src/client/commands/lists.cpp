#include "quartz/client/commands/lists.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;
using client::words_of;

Command<std::int64_t> lpush(std::string_view key, const Names& elements) {
  return Command<std::int64_t>(words_of({"LPUSH", key}, elements));
}

Command<std::int64_t> rpush(std::string_view key, const Names& elements) {
  return Command<std::int64_t>(words_of({"RPUSH", key}, elements));
}

Command<std::optional<std::string>> lpop(std::string_view key) {
  return Command<std::optional<std::string>>({"LPOP", key});
}

Command<std::optional<std::string>> rpop(std::string_view key) {
  return Command<std::optional<std::string>>({"RPOP", key});
}

Command<std::vector<std::string>> lrange(std::string_view key, std::int64_t first,
                                         std::int64_t last) {
  return Command<std::vector<std::string>>({"LRANGE", key, NumberWord(first), NumberWord(last)});
}

Command<std::int64_t> llen(std::string_view key) { return Command<std::int64_t>({"LLEN", key}); }

Command<std::optional<std::string>> lindex(std::string_view key, std::int64_t index) {
  return Command<std::optional<std::string>>({"LINDEX", key, NumberWord(index)});
}

Command<void> lset(std::string_view key, std::int64_t index, std::string_view element) {
  return Command<void>({"LSET", key, NumberWord(index), element});
}

Command<std::int64_t> lrem(std::string_view key, std::int64_t count, std::string_view element) {
  return Command<std::int64_t>({"LREM", key, NumberWord(count), element});
}

Command<void> ltrim(std::string_view key, std::int64_t first, std::int64_t last) {
  return Command<void>({"LTRIM", key, NumberWord(first), NumberWord(last)});
}

}  // namespace quartz::commands
