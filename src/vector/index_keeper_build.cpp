#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/index_file_reader.hpp"
#include "vector/index_keeper.hpp"
#include "vector/index_stamp.hpp"
#include "vector/point_sample.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

/// More do not make a quantizer better.
constexpr std::size_t kTrainingVectorsMax = 8192;

/// A new index takes over when no more vectors than this wait for their links.
constexpr std::size_t kPendingToServe = 1000;

}  // namespace

// The index follows the writes when this returns, and has all points.
Result<IndexKeeper::IndexPointer> IndexKeeper::open_index() {
  IndexStamp stamp;
  IndexPointer index;
  std::optional<Error> not_loaded;
  if (auto loaded = load_index(stamp)) {
    index = *std::move(loaded);
  } else {
    not_loaded = std::move(loaded).error();
    QUARTZ_ASSIGN(index, make_index(this->config().index));
  }
  index->begin_catching_up();
  begin_feeding(index);
  const storage::Sequence begin = engine_->add_observer(this);
  following_.store(true);
  std::string opened_by = "loaded";
  if (!not_loaded && stamp.sequence == begin) {
    index->skip_catching_up();
  } else {
    QUARTZ_TRY(read_rows(*index));
    opened_by = not_loaded ? not_loaded->to_string() : "loaded and compared with the points";
  }
  if (not_loaded && not_loaded->code() != Errc::not_found) {
    engine_->log_line(LogLevel::warning,
                      describe(fmt::format("building its index anew: {}", opened_by)));
  }
  MutexLock lock(feed_mutex_);
  opened_by_ = std::move(opened_by);
  return index;
}

Result<IndexKeeper::IndexPointer> IndexKeeper::load_index(IndexStamp& stamp) const {
  QUARTZ_ASSIGN(const IndexFileReader file, IndexFileReader::open(engine_->files(), index_path_));
  QUARTZ_ASSIGN(stamp, decode_index_stamp(file.parameters()));
  const VectorCollectionConfig config = this->config();
  if (file.identity() != identity_ || stamp.config != config.index ||
      file.quantizer().dimensions() != dimensions_ || file.quantizer().metric() != metric_) {
    return Error(Errc::corruption,
                 fmt::format("{} is the index of something else", index_path_.string()));
  }
  QUARTZ_ASSIGN(std::unique_ptr<VectorIndex> index,
                VectorIndex::load(file, config.index, config.payload_indexes));
  return IndexPointer(std::move(index));
}

Result<IndexKeeper::IndexPointer> IndexKeeper::make_index(const VectorIndexConfig& config) {
  std::vector<float> sample;
  if (needs_training(config.quantization)) {
    QUARTZ_ASSIGN(sample, sample_points(*engine_, keyspace_, dimensions_, metric_,
                                        kTrainingVectorsMax, stopping_));
  }
  const bool trained =
      !needs_training(config.quantization) || sample.size() >= kTrainingVectorsMin * dimensions_;
  QUARTZ_ASSIGN(const Quantizer quantizer,
                Quantizer::train(metric_, trained ? config.quantization : Quantization::none,
                                 dimensions_, sample));
  QUARTZ_ASSIGN(std::unique_ptr<VectorIndex> index,
                VectorIndex::make(quantizer, config, this->config().payload_indexes));
  return IndexPointer(std::move(index));
}

Result<void> IndexKeeper::read_rows(VectorIndex& index) {
  const Snapshot snapshot(engine_->snapshot());
  Cursor cursor = engine_->cursor({.prefix = std::string_view(&kPointKeyPrefix, 1),
                                   .snapshot = &snapshot,
                                   .keyspace = &keyspace_,
                                   .fill_block_cache = false});
  PointReader reader(dimensions_, metric_);
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (stopping()) return engine_->closed_error();
    const std::string_view id = cursor.key().substr(1);
    const auto value = parse_point_value(cursor.value(), dimensions_);
    if (value && !index.wants(id, value->version)) continue;
    auto point = reader.read(id, cursor.value());
    auto added = point ? index.add_read(*point) : Result<void>(std::move(point).error());
    if (added) continue;
    if (added.error().code() != Errc::corruption && added.error().code() != Errc::unsupported) {
      return added;
    }
    ignored_.fetch_add(1, std::memory_order_relaxed);
    engine_->log_line(LogLevel::warning, describe(fmt::format("ignoring a row that is no point: {}",
                                                              added.error().to_string())));
  }
  if (const auto& error = cursor.error()) return *error;
  index.end_catching_up();
  return {};
}

// Every write is fed from now on, or can be read.
void IndexKeeper::begin_feeding(const IndexPointer& index) {
  storage::Sequence not_fed = 0;
  {
    MutexLock lock(feed_mutex_);
    fed_.push_back(index);
    not_fed = fed_sequence_;
  }
  wait_until_visible(not_fed);
}

void IndexKeeper::end_feeding(const IndexPointer& index) {
  MutexLock lock(feed_mutex_);
  std::erase(fed_, index);
}

void IndexKeeper::serve(const IndexPointer& index) {
  IndexPointer replaced;
  {
    MutexLock lock(feed_mutex_);
    replaced = std::exchange(serving_owner_, index);
    serving_.store(index.get(), std::memory_order_release);
    if (replaced) std::erase(fed_, replaced);
  }
  wake_linkers();
  // Searches that began before may be in it still.
  if (replaced) drain_retired();
}

Result<void> IndexKeeper::rebuild(const VectorIndexConfig& config, const Progress& progress) {
  QUARTZ_TRY(check_index_config(config));
  const WakesLinkersAtEnd afterwards(*this);
  MutexLock upkeep(upkeep_mutex_);
  CollectionRecord record{identity_, this->config()};
  record.config.index = config;
  QUARTZ_TRY(check_config(record.config));
  QUARTZ_TRY(rebuild_locked(config, progress));
  return store_record(record);
}

Result<void> IndexKeeper::rebuild_locked(const VectorIndexConfig& config,
                                         const Progress& progress) {
  if (stopping()) return engine_->closed_error();
  QUARTZ_ASSIGN(const IndexPointer index, make_index(config));
  rebuilding_.store(true, std::memory_order_relaxed);
  index->begin_catching_up();
  begin_feeding(index);
  auto ready = read_rows(*index);
  if (ready) ready = wait_until_useful(*index, progress);
  if (ready) {
    serve(index);
    const std::uint64_t total = index->states().live_count();
    if (progress) progress(total, total);
  } else {
    end_feeding(index);
  }
  rebuilding_.store(false, std::memory_order_relaxed);
  return ready;
}

// A new index is useful as soon as it is no slower than the one that serves.
Result<void> IndexKeeper::wait_until_useful(const VectorIndex& index, const Progress& progress) {
  if (!serving_index()->links_points()) return {};
  wake_linkers();
  MutexLock lock(room_mutex_);
  while (index.links_points() && index.pending().size() > kPendingToServe) {
    if (stopping()) return engine_->closed_error();
    const std::uint64_t total = index.states().live_count();
    const std::uint64_t pending = std::min<std::uint64_t>(index.pending().size(), total);
    if (progress) progress(total - pending, total);
    room_.wait_for(room_mutex_, kLookAgain);
  }
  return {};
}

Result<void> IndexKeeper::declare_payload_index(const PayloadIndexConfig& config) {
  const WakesLinkersAtEnd afterwards(*this);
  MutexLock upkeep(upkeep_mutex_);
  CollectionRecord record{identity_, this->config()};
  record.config.payload_indexes.push_back(config);
  QUARTZ_TRY(check_config(record.config));
  for (const IndexPointer& index : fed_indexes()) QUARTZ_TRY(index->declare_payload_index(config));
  return store_record(record);
}

Result<void> IndexKeeper::store_record(const CollectionRecord& record) {
  QUARTZ_TRY(engine_->write_one(keyspace_.state(), storage::OperationType::put, kConfigKey,
                                encode_collection_record(record), {}));
  MutexLock lock(feed_mutex_);
  config_ = record.config;
  return {};
}

}  // namespace quartz::vector
