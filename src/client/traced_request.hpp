#pragma once

#include <string>
#include <string_view>

namespace quartz::client {

/// Puts QUARTZ.TRACE before the command of a request, or before the EXEC of a batch.
void append_traced(std::string& to, std::string_view request, std::string_view traceparent);

}  // namespace quartz::client
