#include "server/resp/command_access.hpp"

#include <algorithm>

#include "server/resp/command_table.hpp"
#include "server/resp/once.hpp"

namespace quartz::server {
namespace {

bool has_keys(const Command& command) noexcept {
  return command.keys.first != 0 || command.keys.count_word != 0;
}

// Whether there is any key at all for which the user has the right.
bool has_some(const Grants& grants, Right right) noexcept {
  return std::ranges::any_of(grants.scopes(),
                             [right](const Scope& scope) { return scope.right == right; });
}

Denial denial_of_keys(const Grants& grants, Right right, const Command& command, Words arguments) {
  if (grants.may(right)) return Denial::none;
  if (!has_keys(command) || !has_some(grants, right)) return Denial::command;
  const auto keys = keys_of(command, arguments);
  // Words that make no sense name no keys; the command says so to those who may run it at all.
  const bool all =
      std::ranges::all_of(keys, [&](std::string_view key) { return grants.may(right, key); });
  return all ? Denial::none : Denial::key;
}

}  // namespace

Denial denial_of(const Grants& grants, const Command& command, Words arguments) {
  if (command.is(CommandFlag::carries)) {
    const Words words = carried_words(arguments);
    const Command* const carried = words.empty() ? nullptr : CommandTable::all().find(words);
    // Any other one is refused by itself.
    if (carried == nullptr || !can_be_carried(*carried)) return Denial::none;
    return denial_of(grants, *carried, words);
  }
  if (command.is(CommandFlag::no_auth)) return Denial::none;
  if (command.is(CommandFlag::admin)) {
    return grants.may(Right::admin) ? Denial::none : Denial::command;
  }
  if (command.is(CommandFlag::pubsub)) {
    return grants.may(Right::pubsub) ? Denial::none : Denial::command;
  }
  if (command.is(CommandFlag::write)) {
    return denial_of_keys(grants, Right::kv_write, command, arguments);
  }
  if (command.is(CommandFlag::readonly) || has_keys(command)) {
    return denial_of_keys(grants, Right::kv_read, command, arguments);
  }
  return Denial::none;
}

}  // namespace quartz::server
