#include <charconv>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/measure/require.hpp"
#include "bench/vector/vector_peer.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "quartz/version.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

/// A collection in an engine, as an application has it: points are written to the log, and found
/// through the public interface.
class QuartzCollectionPeer final : public VectorPeer {
 public:
  explicit QuartzCollectionPeer(bool vectors_in_memory) : vectors_in_memory_(vectors_in_memory) {
    static int count = 0;
    directory_ =
        fs::temp_directory_path() / fmt::format("quartz-vector-bench-{}-{}", ::getpid(), count++);
    fs::remove_all(directory_);
  }
  ~QuartzCollectionPeer() override {
    points_.reset();
    engine_.reset();
    std::error_code ignored;  // What is left behind is in a directory for such things.
    fs::remove_all(directory_, ignored);
  }
  QuartzCollectionPeer(const QuartzCollectionPeer&) = delete;
  QuartzCollectionPeer& operator=(const QuartzCollectionPeer&) = delete;

  void build(const VectorRows& rows, unsigned threads) override {
    engine_.emplace(StorageEngine::open(directory_).value());
    points_.emplace(
        VectorCollection::open(*engine_, "points",
                               {.dimensions = rows.dimensions,
                                .metric = quartz::Metric::l2,
                                .index = {.m = kGraphM,
                                          .ef_construction = kGraphEfConstruction,
                                          .vectors_in_memory = vectors_in_memory_}},
                               {.index_threads = threads, .pending_points_max = rows.count() + 1})
            .value());
    WriteBatch batch;
    for (std::size_t row = 0; row < rows.count(); ++row) {
      batch.upsert(*points_, std::to_string(row), rows.row(row));
      if (batch.operation_count() < kBatchPoints && row + 1 < rows.count()) continue;
      engine_->write(batch).value();
      batch.clear();
    }
    points_->wait_until_indexed().value();
  }

  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    const auto hits = points_->search(query, {.k = found.size(), .ef_search = breadth}).value();
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = i < hits.size() ? row_of(hits[i].id) : kNoRow;
    }
  }

  std::size_t memory_bytes() const override { return points_->statistics().memory_bytes; }

 private:
  static constexpr std::size_t kBatchPoints = 64;

  static std::uint32_t row_of(const std::string& id) {
    std::uint32_t row = kNoRow;
    std::from_chars(id.data(), id.data() + id.size(), row);
    return row;
  }

  const bool vectors_in_memory_;
  fs::path directory_;
  std::optional<StorageEngine> engine_;
  std::optional<VectorCollection> points_;
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
