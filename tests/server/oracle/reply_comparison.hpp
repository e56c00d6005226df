#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_reply_parser.hpp"
#include "server/oracle/command_forms.hpp"

namespace quartz::server {

/// A reply as its bytes, and what it holds.
struct ReplyTree {
  std::string bytes;
  std::string head;  ///< The line of an aggregate, or all of another node.
  protocol::RespType type = protocol::RespType::null;
  std::vector<ReplyTree> items;
};

/// The reply that `bytes` are.
ReplyTree tree_of(std::span<const protocol::RespNode> nodes);

/// Whether the replies are the same but for what `comparison` leaves open.
bool agree(const ReplyTree& a, const ReplyTree& b, Comparison comparison);

/// Printable, and not longer than a screen takes.
std::string shown(std::string_view bytes);

}  // namespace quartz::server
