#include "quartz/client/commands/sets.hpp"

#include "client/commands/words.hpp"

namespace quartz::commands {

using client::words_of;

Command<std::int64_t> sadd(std::string_view key, const Names& members) {
  return Command<std::int64_t>(words_of({"SADD", key}, members));
}

Command<std::int64_t> srem(std::string_view key, const Names& members) {
  return Command<std::int64_t>(words_of({"SREM", key}, members));
}

Command<bool> sismember(std::string_view key, std::string_view member) {
  return Command<bool>({"SISMEMBER", key, member});
}

Command<std::vector<std::string>> smembers(std::string_view key) {
  return Command<std::vector<std::string>>({"SMEMBERS", key});
}

Command<std::int64_t> scard(std::string_view key) { return Command<std::int64_t>({"SCARD", key}); }

Command<std::optional<std::string>> spop(std::string_view key) {
  return Command<std::optional<std::string>>({"SPOP", key});
}

Command<std::vector<std::string>> sinter(const Names& keys) {
  return Command<std::vector<std::string>>(words_of({"SINTER"}, keys));
}

Command<std::vector<std::string>> sunion(const Names& keys) {
  return Command<std::vector<std::string>>(words_of({"SUNION"}, keys));
}

Command<std::vector<std::string>> sdiff(const Names& keys) {
  return Command<std::vector<std::string>>(words_of({"SDIFF"}, keys));
}

}  // namespace quartz::commands
