#include <iterator>
#include <utility>

#include "bench/vector/vector_peer.hpp"

namespace quartz::bench {

std::vector<std::size_t> graph_breadths() {
  return {10, 12, 14, 17, 20, 24, 28, 34, 40, 48, 57, 68, 80, 100, 128, 160, 200};
}

std::vector<VectorPeerKind> vector_peer_kinds() {
  std::vector<VectorPeerKind> kinds = quartz_collection_peers();
  kinds.push_back(quartz_graph_peer());
#ifdef QUARTZ_BENCH_HNSWLIB
  kinds.push_back(hnswlib_peer());
#endif
#ifdef QUARTZ_BENCH_FAISS
  auto faiss = faiss_peers();
  std::ranges::move(faiss, std::back_inserter(kinds));
#endif
  return kinds;
}

}  // namespace quartz::bench
