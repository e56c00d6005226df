#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace quartz::client {

/// What requests are counted under: names of usual commands, so that there are not more of them
/// than anybody wants to look at.
std::span<const std::string_view> operation_names() noexcept;

/// The place among them of a request as the protocol has it; of a batch that of EXEC.
std::size_t operation_of(std::string_view request) noexcept;

}  // namespace quartz::client
