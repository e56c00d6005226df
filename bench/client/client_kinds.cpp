#include "bench/client/client_kinds.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace quartz::bench {

std::vector<ClientKind> client_kinds() {
  std::vector<ClientKind> kinds = quartz_client_kinds();
#ifdef QUARTZ_BENCH_HIREDIS
  auto hiredis = hiredis_kinds();
  std::ranges::move(hiredis, std::back_inserter(kinds));
#endif
  return kinds;
}

}  // namespace quartz::bench
