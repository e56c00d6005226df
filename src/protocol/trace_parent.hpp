#pragma once

#include <optional>
#include <string_view>

namespace quartz::protocol {

/// The id of the trace within a `traceparent` as W3C's Trace Context has it, a part of that text of
/// 32 digits; nothing if it is none.
std::optional<std::string_view> trace_id_of(std::string_view traceparent) noexcept;

}  // namespace quartz::protocol
