#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_reply_parser.hpp"

namespace quartz::cli {

/// What a server said, with what each part of it is in the protocol: a shell shows the difference
/// between a word of the server's and a stored string, which a client has no use for. Owns all
/// that it tells.
struct ReplyTree {
  protocol::RespType type = protocol::RespType::null;
  std::string text = {};                 ///< Of all but aggregates; of a verbatim string its text.
  std::vector<ReplyTree> elements = {};  ///< Of a map keys and values follow each other.

  bool is_error() const noexcept {
    return type == protocol::RespType::error || type == protocol::RespType::bulk_error;
  }
  bool is_aggregate() const noexcept { return protocol::is_aggregate(type); }
  /// The value behind that key of a map, or of an array that has keys and values in turns; null if
  /// there is none.
  const ReplyTree* find(std::string_view key) const noexcept;

  bool operator==(const ReplyTree&) const = default;
};

/// Of a whole reply, without what is said about its parts.
ReplyTree tree_of(std::span<const protocol::RespNode> nodes);

}  // namespace quartz::cli
