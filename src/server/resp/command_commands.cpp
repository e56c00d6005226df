#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "protocol/glob.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

struct FlagName {
  CommandFlag flag;
  std::string_view name;
};
constexpr std::array kFlagNames = {
    FlagName{write, "write"},       FlagName{readonly, "readonly"}, FlagName{denyoom, "denyoom"},
    FlagName{admin, "admin"},       FlagName{pubsub, "pubsub"},     FlagName{fast, "fast"},
    FlagName{blocking, "blocking"}, FlagName{no_auth, "no_auth"},   FlagName{no_multi, "no_multi"},
};

std::vector<std::string_view> flag_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const FlagName& known : kFlagNames) {
    if (command.is(known.flag)) names.push_back(known.name);
  }
  if (command.keys.count_word != 0 || !command.keys.keyword.empty() || command.is(carries)) {
    names.emplace_back("movablekeys");
  }
  return names;
}

std::vector<const Command*> subcommands_of(const Command& command) {
  std::vector<const Command*> found;
  const std::string prefix = std::string(command.name) + "|";
  const auto& by_name = CommandTable::all().by_name();
  for (auto it = by_name.lower_bound(prefix); it != by_name.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    found.push_back(it->second);
  }
  return found;
}

void tell(protocol::RespReplyWriter& reply, const Command& command) {
  const auto flags = flag_names(command);
  const auto subcommands = subcommands_of(command);
  reply.array(10);
  reply.bulk(command.name);
  reply.integer(command.arity);
  reply.set(flags.size());
  for (const std::string_view flag : flags) reply.simple(flag);
  reply.integer(command.keys.first);
  reply.integer(command.keys.last);
  reply.integer(command.keys.step);
  reply.set(0);    // Categories of ACLs.
  reply.array(0);  // Tips.
  reply.array(0);  // Key specifications.
  reply.array(subcommands.size());
  for (const Command* const subcommand : subcommands) tell(reply, *subcommand);
}

std::vector<const Command*> top_level() {
  std::vector<const Command*> found;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    if (name.find('|') == std::string_view::npos) found.push_back(command);
  }
  return found;
}

Result<void> command_all(CommandCall& call) {
  const auto all = top_level();
  call.reply.array(all.size());
  for (const Command* const command : all) tell(call.reply, *command);
  return {};
}

Result<void> command_count(CommandCall& call) {
  call.reply.integer(static_cast<std::int64_t>(top_level().size()));
  return {};
}

Result<void> command_info(CommandCall& call) {
  const auto names = call.arguments.subspan(2);
  if (names.empty()) return command_all(call);
  call.reply.array(names.size());
  for (const std::string_view name : names) {
    if (const Command* const command = CommandTable::all().find(name)) {
      tell(call.reply, *command);
    } else {
      call.reply.null_array();
    }
  }
  return {};
}

Result<void> command_docs(CommandCall& call) {
  std::vector<const Command*> asked;
  for (const std::string_view name : call.arguments.subspan(2)) {
    if (const Command* const command = CommandTable::all().find(name)) asked.push_back(command);
  }
  if (call.arguments.size() == 2) asked = top_level();
  call.reply.map(asked.size());
  for (const Command* const command : asked) {
    call.reply.bulk(command->name);
    call.reply.map(2);
    call.reply.bulk("summary");
    call.reply.bulk(command->summary);
    call.reply.bulk("group");
    call.reply.bulk(name_of(command->group));
  }
  return {};
}

Result<void> command_list(CommandCall& call) {
  std::optional<std::string_view> pattern;
  if (call.arguments.size() > 2) {
    if (call.arguments.size() != 5 || !is_same_word(call.arguments[2], "FILTERBY") ||
        !is_same_word(call.arguments[3], "PATTERN")) {
      return syntax_error();
    }
    pattern = call.arguments[4];
  }
  std::vector<std::string_view> names;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    if (!pattern && name.find('|') != std::string_view::npos) continue;
    if (!pattern || protocol::matches_glob(*pattern, name)) names.push_back(name);
  }
  call.reply.array(names.size());
  for (const std::string_view name : names) call.reply.bulk(name);
  return {};
}

Result<void> command_getkeys(CommandCall& call) {
  const Words words = call.arguments.subspan(2);
  const Command* const command = CommandTable::all().find(words);
  if (command == nullptr) return Error(Errc::invalid_argument, "Invalid command specified");
  const bool has_keys = command->keys.first != 0 || command->keys.count_word != 0;
  if (!has_keys && !command->is(CommandFlag::carries)) {
    return Error(Errc::invalid_argument, "The command has no key arguments");
  }
  if (!command->accepts(words.size())) {
    return Error(Errc::invalid_argument, "Invalid number of arguments specified for command");
  }
  const auto found = keys_of(*command, words);
  if (found.empty()) {
    return Error(Errc::invalid_argument, "Invalid arguments specified for command");
  }
  call.reply.array(found.size());
  for (const std::string_view key : found) call.reply.bulk(key);
  return {};
}

constexpr std::array kCommandCommands = {
    Command{
        "command", -1, immediate, {}, CommandGroup::server, "What commands there are", command_all},
    Command{"command|count",
            2,
            immediate,
            {},
            CommandGroup::server,
            "How many commands there are",
            command_count},
    Command{
        "command|docs", -2, immediate, {}, CommandGroup::server, "What commands do", command_docs},
    Command{"command|getkeys",
            -3,
            immediate,
            {},
            CommandGroup::server,
            "The keys among a command's words",
            command_getkeys},
    Command{"command|info",
            -2,
            immediate,
            {},
            CommandGroup::server,
            "How commands are called",
            command_info},
    Command{"command|list",
            -2,
            immediate,
            {},
            CommandGroup::server,
            "The names of commands",
            command_list},
};

}  // namespace

std::span<const Command> command_commands() noexcept { return kCommandCommands; }

}  // namespace quartz::server
