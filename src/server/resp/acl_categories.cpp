#include "server/resp/acl_categories.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace quartz::server {
namespace {

constexpr std::array<std::string_view, 21> kCategories = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

constexpr std::array kFlags = {
    std::pair{std::string_view("read"), CommandFlag::readonly},
    std::pair{std::string_view("write"), CommandFlag::write},
    std::pair{std::string_view("pubsub"), CommandFlag::pubsub},
    std::pair{std::string_view("admin"), CommandFlag::admin},
    std::pair{std::string_view("fast"), CommandFlag::fast},
    std::pair{std::string_view("blocking"), CommandFlag::blocking},
    std::pair{std::string_view("dangerous"), CommandFlag::dangerous},
};

// Categories have some groups under another name.
std::string_view category_of(CommandGroup group) noexcept {
  switch (group) {
    case CommandGroup::generic:
      return "keyspace";
    case CommandGroup::sorted_set:
      return "sortedset";
    case CommandGroup::transactions:
      return "transaction";
    default:
      return name_of(group);
  }
}

void append_word(std::string& to, std::string_view word) {
  if (!to.empty()) to += ' ';
  to += word;
}

// What Redis escapes in patterns, too.
std::string pattern_of(const Scope& scope, std::string_view permission) {
  std::string pattern(permission);
  for (const char c : scope.prefix) {
    if (c == '*' || c == '?' || c == '[' || c == ']' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "*";
}

}  // namespace

std::span<const std::string_view> acl_categories() noexcept { return kCategories; }

bool is_in_category(const Command& command, std::string_view category) noexcept {
  for (const auto& [name, flag] : kFlags) {
    if (name == category) return command.is(flag);
  }
  if (category == "slow") return !command.is(CommandFlag::fast);
  return category_of(command.group) == category;
}

AclRules acl_rules_of(const Grants& grants) {
  AclRules rules;
  const bool everything = grants.may(Right::kv_read) && grants.may(Right::kv_write) &&
                          grants.may(Right::pubsub) && grants.may(Right::admin);
  if (everything) return {.commands = "+@all", .keys = "~*", .channels = "&*"};
  rules.commands = "-@all +@connection +@transaction";
  bool reads = false;
  bool writes = false;
  for (const Scope& scope : grants.scopes()) {
    if (scope.right == Right::kv_read) {
      reads = true;
      append_word(rules.keys, pattern_of(scope, "%R~"));
    } else if (scope.right == Right::kv_write) {
      writes = true;
      append_word(rules.keys, pattern_of(scope, "%W~"));
    }
  }
  if (reads) append_word(rules.commands, "+@read");
  if (writes) append_word(rules.commands, "+@write");
  if (grants.may(Right::pubsub)) {
    append_word(rules.commands, "+@pubsub");
    rules.channels = "&*";
  }
  if (grants.may(Right::admin)) append_word(rules.commands, "+@admin");
  return rules;
}

}  // namespace quartz::server
