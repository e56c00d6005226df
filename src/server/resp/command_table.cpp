#include "server/resp/command_table.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/check.hpp"
#include "server/resp/once.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kNameBytesMax = 64;

/// A name in lower case without an allocation; empty if it is longer than any command's.
class LowerName {
 public:
  explicit LowerName(std::string_view word) { append(word); }
  LowerName(std::string_view word, std::string_view subcommand) {
    append(word);
    append("|");
    append(subcommand);
  }
  std::string_view view() const noexcept { return {bytes_.data(), fits_ ? size_ : 0}; }

 private:
  void append(std::string_view word) {
    fits_ = fits_ && word.size() <= bytes_.size() - size_;
    if (!fits_) return;
    std::ranges::transform(word, bytes_.begin() + static_cast<std::ptrdiff_t>(size_), to_lower);
    size_ += word.size();
  }

  std::array<char, kNameBytesMax> bytes_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

}  // namespace

std::string_view name_of(CommandGroup group) noexcept {
  switch (group) {
    case CommandGroup::bitmap:
      return "bitmap";
    case CommandGroup::cluster:
      return "cluster";
    case CommandGroup::connection:
      return "connection";
    case CommandGroup::generic:
      return "generic";
    case CommandGroup::hash:
      return "hash";
    case CommandGroup::list:
      return "list";
    case CommandGroup::pubsub:
      return "pubsub";
    case CommandGroup::scripting:
      return "scripting";
    case CommandGroup::server:
      return "server";
    case CommandGroup::set:
      return "set";
    case CommandGroup::sorted_set:
      return "sorted-set";
    case CommandGroup::string:
      return "string";
    case CommandGroup::transactions:
      return "transactions";
    case CommandGroup::vector_set:
      return "vector_set";
  }
  return {};
}

std::vector<std::string_view> keys_of(const Command& command, Words arguments) {
  if (command.is(CommandFlag::carries)) {
    const Words words = carried_words(arguments);
    const Command* const carried = words.empty() ? nullptr : CommandTable::all().find(words);
    if (carried == nullptr || !can_be_carried(*carried)) return {};
    return keys_of(*carried, words);
  }
  const CommandKeys& keys = command.keys;
  const auto words = static_cast<int>(arguments.size());
  std::vector<std::string_view> found;
  int first = keys.first;
  int last = keys.last < 0 ? words + keys.last : keys.last;
  if (keys.count_word != 0) {
    const auto count = keys.count_word < words
                           ? to_integer(arguments[static_cast<std::size_t>(keys.count_word)])
                           : std::nullopt;
    if (!count || *count < 0 || *count > words - keys.count_word - 1) return found;
    if (first != 0) found.push_back(arguments[static_cast<std::size_t>(first)]);
    first = keys.count_word + 1;
    last = keys.count_word + static_cast<int>(*count);
  }
  if (first == 0) return found;
  for (int i = first; i <= last && i < words; i += std::max(1, keys.step)) {
    found.push_back(arguments[static_cast<std::size_t>(i)]);
  }
  if (keys.keyword.empty()) return found;
  for (std::size_t i = static_cast<std::size_t>(last) + 1; i + 1 < arguments.size(); ++i) {
    if (is_same_word(arguments[i], keys.keyword)) found.push_back(arguments[i + 1]);
  }
  return found;
}

const CommandTable& CommandTable::all() {
  static const CommandTable table;
  return table;
}

CommandTable::CommandTable() {
  add(acl_commands());
  add(bit_commands());
  add(bit_field_commands());
  add(client_commands());
  add(command_commands());
  add(connection_commands());
  add(dump_commands());
  add(generic_commands());
  add(hash_commands());
  add(latency_commands());
  add(list_blocking_commands());
  add(list_commands());
  add(memory_commands());
  add(object_commands());
  add(once_commands());
  add(trace_commands());
  add(pause_commands());
  add(pubsub_commands());
  add(server_commands());
  add(set_commands());
  add(sort_commands());
  add(slow_log_commands());
  add(sorted_set_algebra_commands());
  add(sorted_set_commands());
  add(sorted_set_pop_commands());
  add(sorted_set_range_commands());
  add(string_commands());
  add(subsequence_commands());
  add(tracking_commands());
  add(transaction_commands());
  add(vector_search_commands());
  add(vector_set_commands());
}

void CommandTable::add(std::span<const Command> commands) {
  for (const Command& described : commands) {
    Command& command = all_.emplace_back(described);
    command.index = all_.size() - 1;
    QUARTZ_CHECK(commands_.emplace(command.name, &command).second);
    by_name_.emplace(command.name, &command);
  }
}

const Command* CommandTable::find(std::string_view name) const {
  const auto found = commands_.find(LowerName(name).view());
  return found == commands_.end() ? nullptr : found->second;
}

const Command* CommandTable::find(Words arguments) const {
  const Command* const command = find(arguments[0]);
  if (command == nullptr || arguments.size() < 2 || !is_container(command->name)) return command;
  const auto found = commands_.find(LowerName(arguments[0], arguments[1]).view());
  return found == commands_.end() ? nullptr : found->second;
}

bool CommandTable::is_container(std::string_view name) const {
  const auto next = by_name_.upper_bound(name);
  return next != by_name_.end() && next->first.size() > name.size() &&
         next->first.starts_with(name) && next->first[name.size()] == '|';
}

}  // namespace quartz::server
