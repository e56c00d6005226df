#pragma once

#include <string_view>

namespace quartz::bench {

/// Ends the program with `what` unless `holds`.
void require(bool holds, std::string_view what);

}  // namespace quartz::bench
