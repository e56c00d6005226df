#include "quartz/client/commands/strings.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;
using client::words_of;

Command<std::optional<std::string>> get(std::string_view key) {
  return Command<std::optional<std::string>>({"GET", key});
}

Command<bool> set(std::string_view key, std::string_view value, const SetOptions& options) {
  std::vector<std::string_view> words = {"SET", key, value};
  if (options.condition == SetCondition::if_absent) words.emplace_back("NX");
  if (options.condition == SetCondition::if_present) words.emplace_back("XX");
  const NumberWord time(options.expire_after.value_or(std::chrono::milliseconds(0)).count());
  if (options.expire_after) words.insert(words.end(), {"PX", time});
  if (options.keep_time_to_live) words.emplace_back("KEEPTTL");
  return Command<bool>(words);
}

Command<std::optional<std::string>> getset(std::string_view key, std::string_view value) {
  return Command<std::optional<std::string>>({"GETSET", key, value});
}

Command<std::optional<std::string>> getdel(std::string_view key) {
  return Command<std::optional<std::string>>({"GETDEL", key});
}

Command<std::vector<std::optional<std::string>>> mget(const Names& keys) {
  return Command<std::vector<std::optional<std::string>>>(words_of({"MGET"}, keys));
}

Command<void> mset(const NamedTexts& values) { return Command<void>(words_of({"MSET"}, values)); }

Command<std::int64_t> incr(std::string_view key) { return Command<std::int64_t>({"INCR", key}); }

Command<std::int64_t> incrby(std::string_view key, std::int64_t by) {
  return Command<std::int64_t>({"INCRBY", key, NumberWord(by)});
}

Command<std::int64_t> decr(std::string_view key) { return Command<std::int64_t>({"DECR", key}); }

Command<std::int64_t> append(std::string_view key, std::string_view text) {
  return Command<std::int64_t>({"APPEND", key, text});
}

Command<std::int64_t> strlen(std::string_view key) {
  return Command<std::int64_t>({"STRLEN", key});
}

Command<std::string> getrange(std::string_view key, std::int64_t first, std::int64_t last) {
  return Command<std::string>({"GETRANGE", key, NumberWord(first), NumberWord(last)});
}

}  // namespace quartz::commands
