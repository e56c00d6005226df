#include <memory>
#include <string>

#include "bench/vector/temporary_collection.hpp"
#include "bench/vector/vector_peer.hpp"
#include "quartz/version.hpp"

namespace quartz::bench {
namespace {

/// A collection in an engine, as an application has it: points are written to the log, and found
/// through the public interface.
class QuartzCollectionPeer final : public VectorPeer {
 public:
  explicit QuartzCollectionPeer(bool vectors_in_memory) : vectors_in_memory_(vectors_in_memory) {}

  void build(const VectorRows& rows, unsigned threads) override {
    collection_.open(measured_collection(rows.dimensions, vectors_in_memory_),
                     {.index_threads = threads, .pending_points_max = rows.count() + 1});
    collection_.fill(rows);
  }

  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    const auto hits =
        collection_.points().search(query, {.k = found.size(), .ef_search = breadth}).value();
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = i < hits.size() ? row_of(hits[i].id) : kNoRow;
    }
  }

  std::size_t memory_bytes() const override {
    return collection_.points().statistics().memory_bytes;
  }

 private:
  const bool vectors_in_memory_;
  TemporaryCollection collection_;
};

}  // namespace

std::vector<VectorPeerKind> quartz_collection_peers() {
  return {{.name = "quartz",
           .version = std::string(version()),
           .remark = "a collection, through the public interface: written to the log, searched by "
                     "codes of eight bits, ranked by vectors in memory",
           .breadths = graph_breadths(),
           .make = [] { return std::make_unique<QuartzCollectionPeer>(true); }},
          {.name = "quartz_small",
           .version = std::string(version()),
           .remark = "the same with the vectors left in the engine",
           .breadths = graph_breadths(),
           .make = [] { return std::make_unique<QuartzCollectionPeer>(false); }}};
}

}  // namespace quartz::bench
