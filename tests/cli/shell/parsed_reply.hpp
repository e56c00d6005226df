#pragma once

#include <string_view>

#include "cli/shell/reply_tree.hpp"
#include "protocol/resp_reply_parser.hpp"

namespace quartz::cli {

/// What a shell has of a reply with those bytes.
inline ReplyTree parsed_reply(std::string_view bytes) {
  protocol::RespReplyParser parser;
  parser.advance(bytes);
  return tree_of(parser.nodes());
}

}  // namespace quartz::cli
