#include "quartz/client/commands/hashes.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::NumberWord;
using client::words_of;

Command<std::int64_t> hset(std::string_view key, const NamedTexts& fields) {
  return Command<std::int64_t>(words_of({"HSET", key}, fields));
}

Command<std::optional<std::string>> hget(std::string_view key, std::string_view field) {
  return Command<std::optional<std::string>>({"HGET", key, field});
}

Command<std::vector<std::optional<std::string>>> hmget(std::string_view key, const Names& fields) {
  return Command<std::vector<std::optional<std::string>>>(words_of({"HMGET", key}, fields));
}

Command<NamedValues> hgetall(std::string_view key) {
  return Command<NamedValues>({"HGETALL", key});
}

Command<std::int64_t> hdel(std::string_view key, const Names& fields) {
  return Command<std::int64_t>(words_of({"HDEL", key}, fields));
}

Command<bool> hexists(std::string_view key, std::string_view field) {
  return Command<bool>({"HEXISTS", key, field});
}

Command<std::int64_t> hincrby(std::string_view key, std::string_view field, std::int64_t by) {
  return Command<std::int64_t>({"HINCRBY", key, field, NumberWord(by)});
}

Command<std::int64_t> hlen(std::string_view key) { return Command<std::int64_t>({"HLEN", key}); }

Command<std::vector<std::string>> hkeys(std::string_view key) {
  return Command<std::vector<std::string>>({"HKEYS", key});
}

Command<std::vector<std::string>> hvals(std::string_view key) {
  return Command<std::vector<std::string>>({"HVALS", key});
}

}  // namespace quartz::commands
