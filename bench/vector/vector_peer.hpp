#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bench/vector/vector_rows.hpp"

namespace quartz::bench {

/// One index over vectors, at squared Euclidean distances. Threads: one at a time; `build` may
/// start some of its own.
class VectorPeer {
 public:
  virtual ~VectorPeer() = default;
  /// Called once, before any search. `rows` outlives the peer. Ends the process by `require` where
  /// it fails.
  virtual void build(const VectorRows& rows, unsigned threads) = 0;
  /// Row numbers of the `found.size()` nearest that a search of this breadth meets, nearest first;
  /// `kNoRow` behind them where it met fewer. What a breadth means is the peer's own: candidates
  /// that a search keeps, or cells that it looks into.
  virtual void search(std::span<const float> query, std::size_t breadth,
                      std::span<std::uint32_t> found) = 0;
  /// Memory of all that a search reads, without what it was given to build from unless it reads
  /// that; 0 where the peer does not tell.
  virtual std::size_t memory_bytes() const = 0;

  static constexpr std::uint32_t kNoRow = ~std::uint32_t{0};
};

/// A peer that can be measured.
struct VectorPeerKind {
  std::string name;  ///< "faiss_HNSW": what follows an underscore names a variant.
  std::string version;
  std::string remark;                 ///< What a reader of its figures has to know.
  std::vector<std::size_t> breadths;  ///< To search with, from narrow to wide.
  std::function<std::unique_ptr<VectorPeer>()> make;
};

/// Of the graphs of all peers.
inline constexpr std::uint32_t kGraphM = 16;
inline constexpr std::size_t kGraphEfConstruction = 200;

/// Breadths of searches through graphs: from as many candidates as are asked for to where recall
/// grows no more.
std::vector<std::size_t> graph_breadths();

// Those of one library each. Defined where the library was found.
std::vector<VectorPeerKind> quartz_collection_peers();
VectorPeerKind quartz_graph_peer();
VectorPeerKind hnswlib_peer();
std::vector<VectorPeerKind> faiss_peers();

/// All that this build has, Quartz first.
std::vector<VectorPeerKind> vector_peer_kinds();

}  // namespace quartz::bench
