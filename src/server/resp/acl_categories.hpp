#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/auth/grants.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Those that ACL CAT knows, in Redis's order.
std::span<const std::string_view> acl_categories() noexcept;
bool is_in_category(const Command& command, std::string_view category) noexcept;

/// What a user may do in Redis's words, as near as they come.
struct AclRules {
  std::string commands;  ///< "-@all +@read +@connection".
  std::string keys;      ///< "%R~orders/*"; "~*": all.
  std::string channels;  ///< "&*" or nothing.
};
AclRules acl_rules_of(const Grants& grants);

}  // namespace quartz::server
