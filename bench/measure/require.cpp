#include "bench/measure/require.hpp"

#include <cstdio>
#include <cstdlib>

namespace quartz::bench {

void require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "benchmark: %.*s\n", static_cast<int>(what.size()), what.data());
  // Without destructors: those would run beside the threads of an engine that is still open.
  std::_Exit(EXIT_FAILURE);
}

}  // namespace quartz::bench
