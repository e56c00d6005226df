#include "bench/vector/temporary_collection.hpp"

#include <charconv>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/measure/require.hpp"
#include "bench/vector/vector_peer.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kName = "points";
constexpr std::size_t kBatchPoints = 64;

}  // namespace

TemporaryCollection::TemporaryCollection() {
  static int count = 0;
  directory_ =
      fs::temp_directory_path() / fmt::format("quartz-vector-bench-{}-{}", ::getpid(), count++);
  fs::remove_all(directory_);
}

TemporaryCollection::~TemporaryCollection() {
  close();
  std::error_code ignored;  // What is left behind is in a directory for such things.
  fs::remove_all(directory_, ignored);
}

void TemporaryCollection::open(const std::optional<VectorCollectionConfig>& config,
                               const VectorRuntimeConfig& runtime) {
  engine_.emplace(StorageEngine::open(directory_).value());
  points_.emplace(config ? VectorCollection::open(*engine_, kName, *config, runtime).value()
                         : VectorCollection::open(*engine_, kName, runtime).value());
}

void TemporaryCollection::close() {
  points_.reset();
  if (!engine_) return;
  engine_->close().value();
  engine_.reset();
}

void TemporaryCollection::fill(const VectorRows& rows, const PayloadOf& payload_of) {
  WriteBatch batch;
  for (std::size_t row = 0; row < rows.count(); ++row) {
    batch.upsert(*points_, std::to_string(row), rows.row(row),
                 payload_of ? payload_of(row) : std::string());
    if (batch.operation_count() < kBatchPoints && row + 1 < rows.count()) continue;
    engine_->write(batch).value();
    batch.clear();
  }
  points_->wait_until_indexed().value();
}

VectorCollectionConfig measured_collection(std::size_t dimensions, bool vectors_in_memory) {
  return {.dimensions = dimensions,
          .metric = quartz::Metric::l2,
          .index = {.m = kGraphM,
                    .ef_construction = kGraphEfConstruction,
                    .vectors_in_memory = vectors_in_memory}};
}

std::uint32_t row_of(const std::string& id) {
  std::uint32_t row = VectorPeer::kNoRow;
  std::from_chars(id.data(), id.data() + id.size(), row);
  return row;
}

}  // namespace quartz::bench
