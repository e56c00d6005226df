#pragma once

#include <cstdint>
#include <string>

#include "cli/shell/reply_tree.hpp"
#include "cli/terminal.hpp"

namespace quartz::cli {

/// How replies are shown.
enum class ReplyForm : std::uint8_t {
  pretty,  ///< For people: what each part is can be told apart, and no byte is hidden.
  raw,     ///< For other programs: the bytes, one line for each part.
  json,    ///< For other programs: one line of JSON for each reply.
};

/// With a newline at the end, in every form.
std::string reply_as(ReplyForm form, const ReplyTree& reply, const Style& style);

/// As redis-cli shows replies: `"text"`, `(integer) 1`, `(nil)`, `1) …`, and of RESP3 also maps,
/// sets, doubles and booleans.
std::string reply_as_text(const ReplyTree& reply, const Style& style);

/// Strings as they are, all that a reply holds in its order; null is an empty line.
std::string reply_as_raw(const ReplyTree& reply);

}  // namespace quartz::cli
