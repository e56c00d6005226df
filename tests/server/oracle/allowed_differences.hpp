#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quartz::server {

/// Whether Quartz means to reply to this otherwise than Redis does; docs/api/resp.md says why.
/// Replies are as `ReplyTree::bytes` has them.
bool is_allowed_difference(const std::vector<std::string>& words, std::string_view redis,
                           std::string_view quartz);

}  // namespace quartz::server
