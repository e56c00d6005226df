#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/auth/access_control.hpp"
#include "server/resp/acl_categories.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

/// A user as ACL tells of him. Neither secrets nor their hashes.
struct ListedUser {
  std::string name;
  bool needs_secret = true;
  Grants grants;
};

Result<std::vector<ListedUser>> listed_users(const CommandCall& call) {
  std::vector<ListedUser> listed;
  AccessControl* const access = call.server.access();
  if (access == nullptr || !access->required()) {
    listed.push_back({.name = "default", .needs_secret = false, .grants = Grants::everything()});
    return listed;
  }
  QUARTZ_ASSIGN(const std::vector<User> users, access->users().all());
  for (const User& user : users) {
    listed.push_back({.name = user.name, .grants = Grants(user.scopes)});
  }
  return listed;
}

Result<void> whoami(CommandCall& call) {
  call.reply.bulk(call.client.user_name());
  return {};
}

Result<void> users(CommandCall& call) {
  QUARTZ_ASSIGN(const auto all, listed_users(call));
  call.reply.array(all.size());
  for (const ListedUser& user : all) call.reply.bulk(user.name);
  return {};
}

Result<void> acl_list(CommandCall& call) {
  QUARTZ_ASSIGN(const auto all, listed_users(call));
  call.reply.array(all.size());
  for (const ListedUser& user : all) {
    const AclRules rules = acl_rules_of(user.grants);
    std::string line = fmt::format("user {} on{}", user.name, user.needs_secret ? "" : " nopass");
    for (const std::string& part :
         {rules.keys, rules.channels.empty() ? std::string("resetchannels") : rules.channels,
          rules.commands}) {
      if (!part.empty()) line += " " + part;
    }
    call.reply.bulk(line);
  }
  return {};
}

Result<void> getuser(CommandCall& call) {
  QUARTZ_ASSIGN(const auto all, listed_users(call));
  const auto found = std::ranges::find(all, call.arguments[2], &ListedUser::name);
  if (found == all.end()) {
    call.reply.null();
    return {};
  }
  const AclRules rules = acl_rules_of(found->grants);
  call.reply.map(6);
  call.reply.bulk("flags");
  call.reply.set(found->needs_secret ? 1 : 2);
  call.reply.bulk("on");
  if (!found->needs_secret) call.reply.bulk("nopass");
  call.reply.bulk("passwords");
  call.reply.array(0);
  call.reply.bulk("commands");
  call.reply.bulk(rules.commands);
  call.reply.bulk("keys");
  call.reply.bulk(rules.keys);
  call.reply.bulk("channels");
  call.reply.bulk(rules.channels);
  call.reply.bulk("selectors");
  call.reply.array(0);
  return {};
}

Result<void> cat(CommandCall& call) {
  if (call.arguments.size() > 3) return wrong_argument_count("acl|cat");
  if (call.arguments.size() == 2) {
    call.reply.array(acl_categories().size());
    for (const std::string_view category : acl_categories()) call.reply.bulk(category);
    return {};
  }
  std::string category(call.arguments[2]);
  std::ranges::transform(category, category.begin(), to_lower);
  if (std::ranges::find(acl_categories(), category) == acl_categories().end()) {
    return Error(Errc::invalid_argument, fmt::format("Unknown category '{}'", call.arguments[2]));
  }
  std::vector<std::string_view> names;
  for (const auto& [name, command] : CommandTable::all().by_name()) {
    if (command->run != nullptr && is_in_category(*command, category)) names.push_back(name);
  }
  call.reply.array(names.size());
  for (const std::string_view name : names) call.reply.bulk(name);
  return {};
}

Result<void> elsewhere(CommandCall&) {
  return Error(Errc::invalid_argument,
               "users are made and changed by `quartz keys` on the server's machine, or under "
               "/api/v1/admin/keys");
}

constexpr std::array kAclCommands = {
    Command{"acl",
            -2,
            immediate,
            {},
            CommandGroup::server,
            "About users and what they may do",
            nullptr},
    Command{"acl|cat",
            -2,
            immediate,
            {},
            CommandGroup::server,
            "Categories of commands, or one's",
            cat},
    Command{"acl|deluser",
            -3,
            immediate | admin,
            {},
            CommandGroup::server,
            "Refused: see quartz keys",
            elsewhere},
    Command{"acl|getuser",
            3,
            immediate | admin,
            {},
            CommandGroup::server,
            "What a user may do",
            getuser},
    Command{"acl|list",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "All users and what they may do",
            acl_list},
    Command{"acl|load",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Refused: see quartz keys",
            elsewhere},
    Command{"acl|save",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "Refused: see quartz keys",
            elsewhere},
    Command{"acl|setuser",
            -3,
            immediate | admin,
            {},
            CommandGroup::server,
            "Refused: see quartz keys",
            elsewhere},
    Command{"acl|users",
            2,
            immediate | admin,
            {},
            CommandGroup::server,
            "The names of all users",
            users},
    Command{"acl|whoami", 2, immediate, {}, CommandGroup::server, "The client's user", whoami},
};

}  // namespace

std::span<const Command> acl_commands() noexcept { return kAclCommands; }

}  // namespace quartz::server
