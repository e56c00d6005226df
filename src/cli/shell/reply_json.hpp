#pragma once

#include <string>

#include "cli/shell/reply_tree.hpp"

namespace quartz::cli {

/// One line. Bytes that are not UTF-8 are `{"base64": …}`, errors `{"error": …}`; a map is an
/// object if all its keys are text, and otherwise an array of pairs.
std::string reply_as_json(const ReplyTree& reply);

}  // namespace quartz::cli
