#include "vector/index_keeper.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/index_file_path.hpp"

namespace quartz::vector {
IndexKeeper::IndexKeeper(std::shared_ptr<storage::Engine> engine, Keyspace keyspace,
                         const CollectionRecord& record, const VectorRuntimeConfig& runtime)
    : engine_(std::move(engine)),
      keyspace_(std::move(keyspace)),
      runtime_(runtime),
      identity_(record.identity),
      dimensions_(record.config.dimensions),
      metric_(record.config.metric),
      index_path_(index_file_path(engine_->directory(), record.identity)),
      reader_(dimensions_, metric_),
      config_(record.config) {}

IndexKeeper::~IndexKeeper() {
  stop(true);
  if (following_.load()) engine_->remove_observer(this);
  // Searches that began before have ended when nothing is left to be freed.
  drain_retired();
}

Result<void> IndexKeeper::start() {
  QUARTZ_ASSIGN(const IndexPointer index, open_index());
  serve(index);
  return start_threads();
}

void IndexKeeper::stop(bool save) {
  MutexLock lock(stop_mutex_);
  if (stopped_) return;
  stopped_ = true;
  stopping_.store(true, std::memory_order_release);
  wake_linkers();
  room_.notify_all();
  for (std::thread& linker : linkers_) linker.join();
  // One that never started has nothing to save.
  if (!save || serving_.load() == nullptr || engine_->closed()) return;
  MutexLock upkeep(upkeep_mutex_);
  if (auto saved = save_locked(true); !saved) {
    engine_->log_line(LogLevel::warning, describe(fmt::format("its index was not saved: {}",
                                                              saved.error().to_string())));
  }
}

void IndexKeeper::closing() noexcept { stop(true); }

std::string IndexKeeper::describe(std::string_view event) const {
  return fmt::format("collection in keyspace {}: {}", keyspace_.name(), event);
}

Result<void> IndexKeeper::check_complete() const {
  if (!failed_.load(std::memory_order_acquire)) return {};
  MutexLock lock(feed_mutex_);
  return *failure_;
}

VectorCollectionConfig IndexKeeper::config() const {
  MutexLock lock(feed_mutex_);
  return config_;
}

std::vector<IndexKeeper::IndexPointer> IndexKeeper::fed_indexes() const {
  MutexLock lock(feed_mutex_);
  return fed_;
}

IndexKeeper::IndexPointer IndexKeeper::serving_index() const {
  MutexLock lock(feed_mutex_);
  return serving_owner_;
}

bool IndexKeeper::has_room() const {
  const EpochGuard guard;
  const VectorIndex* const index = view().index;
  return !index->links_points() || index->pending().size() < runtime_.pending_points_max;
}

void IndexKeeper::wait_for_room() {
  if (has_room()) [[likely]]
    return;
  waiting_writers_.fetch_add(1);
  {
    MutexLock lock(room_mutex_);
    while (!has_room() && !stopping()) room_.wait_for(room_mutex_, kLookAgain);
  }
  waiting_writers_.fetch_sub(1);
}

Result<void> IndexKeeper::check_memory(std::size_t vector_count, std::size_t other_bytes) const {
  if (runtime_.memory_bytes_max == 0) return {};
  std::size_t bytes = other_bytes;
  for (const IndexPointer& index : fed_indexes()) {
    bytes += index->memory().total() + vector_count * index->bytes_per_vector();
  }
  if (bytes <= runtime_.memory_bytes_max) return {};
  return Error(Errc::no_space,
               describe(fmt::format("another point would take its index to {} bytes of memory, "
                                    "beyond memory_bytes_max = {}",
                                    bytes, runtime_.memory_bytes_max)));
}

Result<void> IndexKeeper::wait_until_linked(const Progress& progress) const {
  MutexLock lock(room_mutex_);
  while (true) {
    // Another one may have taken over.
    const IndexPointer index = serving_index();
    const std::uint64_t total = index->states().live_count();
    const std::uint64_t pending = std::min<std::uint64_t>(index->pending().size(), total);
    const bool done = index->links_points() ? pending == 0 : total < training_due_at_.load();
    if (progress) progress(done ? total : total - pending, total);
    if (done) return {};
    if (stopping()) return engine_->closed_error();
    room_.wait_for(room_mutex_, kLookAgain);
  }
}

void IndexKeeper::add_statistics(VectorStatistics& statistics) const {
  const IndexPointer index = serving_index();
  statistics.points = index->point_count();
  statistics.vectors = index->states().live_count();
  statistics.vectors_pending = index->pending().size();
  statistics.vectors_removed = index->states().removed_count();
  statistics.points_ignored = ignored_.load(std::memory_order_relaxed);
  const VectorIndex::Memory memory = index->memory();
  statistics.code_bytes = memory.codes;
  statistics.link_bytes = memory.links;
  statistics.vector_bytes = memory.vectors;
  statistics.point_bytes = memory.points;
  statistics.payload_index_bytes = index->payload_index_bytes();
  statistics.memory_bytes = memory.total() + statistics.payload_index_bytes;
  statistics.vectors_linked = linked_.load(std::memory_order_relaxed);
  statistics.vectors_reclaimed = reclaimed_.load(std::memory_order_relaxed);
  statistics.index_files_written = files_written_.load(std::memory_order_relaxed);
  statistics.rebuilding = rebuilding_.load(std::memory_order_relaxed);
  MutexLock lock(feed_mutex_);
  statistics.opened_by = opened_by_;
}

}  // namespace quartz::vector
