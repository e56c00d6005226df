#pragma once

#include <string>
#include <string_view>

namespace quartz::bench {

/// What the build found out about the linked library, and `more`.
inline std::string remark(std::string_view more = {}) {
  std::string text = QUARTZ_BENCH_BUILD_REMARK;
  if (!text.empty() && !more.empty()) text += "; ";
  return text.append(more);
}

}  // namespace quartz::bench
