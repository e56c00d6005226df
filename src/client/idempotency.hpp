#pragma once

#include <span>
#include <string_view>

namespace quartz::client {

/// Whether carrying the command out twice is as good as once, in what is stored and in the answer:
/// it reads only, or leaves the same and says the same. A command that is not known is none.
/// `words` begin with the name, in any case.
bool is_idempotent(std::span<const std::string_view> words) noexcept;

}  // namespace quartz::client
