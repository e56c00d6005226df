#include <algorithm>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/mutant.hpp"
#include "base/processors.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "io/file_system.hpp"
#include "vector/index_file_writer.hpp"
#include "vector/index_keeper.hpp"
#include "vector/index_stamp.hpp"

namespace quartz::vector {
namespace {

/// A linker looks for other work when it has linked as many.
constexpr int kLinkedAtATime = 64;

/// Places of removed vectors are made free when they are so many, and one in so many of all.
constexpr std::size_t kReclaimMin = 256;
constexpr std::size_t kReclaimShare = 16;
/// What is pending is linked first, so that the graph holds together without what was removed. But
/// not when so many times more are removed than there are.
constexpr std::size_t kReclaimAnyway = 2;

/// The index is saved beside the work when so many points have changed, and one in so many of all.
constexpr std::uint64_t kSaveMin = 20'000;
constexpr std::uint64_t kSaveShare = 4;

}  // namespace

// One is enough; more only link faster. The engine may have been closed since the index follows
// its writes: nobody would end them then.
Result<void> IndexKeeper::start_threads() {
  MutexLock lock(stop_mutex_);
  if (stopped_ || engine_->closed()) return engine_->closed_error();
  const std::uint32_t count =
      runtime_.index_threads != 0 ? runtime_.index_threads : std::max(1U, usable_processors() / 2);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::thread linker;
    if (auto started = start_thread(linker, "quartz:link", [this] { run_linker(); }); !started) {
      if (linkers_.empty()) return started;
      engine_->log_line(LogLevel::warning,
                        describe(fmt::format("{} of {} threads link its points: {}", i, count,
                                             started.error().to_string())));
      break;
    }
    linkers_.push_back(std::move(linker));
  }
  return {};
}

void IndexKeeper::wake_linkers() noexcept {
  work_.fetch_add(1, std::memory_order_release);
  work_.notify_all();
}

void IndexKeeper::run_linker() noexcept {
  VectorIndex::Linking linking;
  IndexPointer current;
  while (!stopping()) {
    const std::uint32_t seen = work_.load(std::memory_order_acquire);
    try {
      const bool busy = link_some(linking, current);
      look_after();
      if (busy) continue;
    } catch (const std::bad_alloc&) {
      // What waits, waits on: searches find it all the same.
      engine_->log_line(LogLevel::warning, describe("no memory is left to link points"));
    }
    // An index that nobody serves with any more must not be held.
    if (!linking.taken) current.reset();
    if (!stopping()) work_.wait(seen, std::memory_order_acquire);
  }
}

// Whether there was something to link.
bool IndexKeeper::link_some(VectorIndex::Linking& linking, IndexPointer& current) {
  if (!linking.taken) current = index_to_link();
  if (!current) return false;
  int count = 0;
  while (count < kLinkedAtATime && !stopping()) {
    SharedLock still(links_lock_);
    if (!current->link_next(linking)) break;
    ++count;
  }
  if (!linking.removed.empty()) {
    wait_for_searches();
    current->drop_removed(linking);
  }
  linked_.fetch_add(static_cast<std::uint64_t>(count), std::memory_order_relaxed);
  room_.notify_all();
  return count > 0;
}

// The newest first: an index that is being built is to take over.
IndexKeeper::IndexPointer IndexKeeper::index_to_link() const {
  MutexLock lock(feed_mutex_);
  for (std::size_t i = fed_.size(); i-- > 0;) {
    if (fed_[i]->links_points() && fed_[i]->pending().size() > 0) return fed_[i];
  }
  return nullptr;
}

// One of the linkers does it, the others go on.
void IndexKeeper::look_after() {
  if (!upkeep_mutex_.try_lock()) return;
  MutexLock upkeep(upkeep_mutex_, std::adopt_lock);
  train_if_due();
  reclaim_if_due();
  calibrate_if_due();
  save_if_due();
}

// Trains the index once it has enough vectors. Until then it is merely renewed now and then: nobody
// goes through its tail, which keeps the places of all that were removed or replaced.
void IndexKeeper::train_if_due() {
  const IndexPointer index = serving_index();
  if (index->links_points()) return;
  const std::size_t vectors = index->states().live_count();
  const std::size_t places = index->states().end();
  const std::size_t vectors_gone = places - std::min(places, vectors);
  const bool train = vectors >= training_due_at_.load();
  if (!train && vectors_gone < std::max(vectors, renewal_due_at_)) return;
  // Points that were counted may not be visible yet, and would be missing in the sample.
  wait_until_fed_is_visible();
  auto rebuilt = rebuild_locked(config().index, {});
  if (rebuilt) {
    renewal_due_at_ = kTrainingVectorsMin;
    const IndexPointer built = serving_index();
    const std::size_t left = built->states().live_count();
    if (!train || built->links_points() || left < training_due_at_.load()) return;
    // Fewer could be read to train on. Not again for each write either.
    training_due_at_.store(left + left / 8);
    return;
  }
  // Not again for each write: what fails now fails soon after.
  if (train) training_due_at_.store(vectors * 2);
  renewal_due_at_ = std::max(renewal_due_at_, vectors_gone * 2);
  if (stopping()) return;
  engine_->log_line(LogLevel::warning, describe(fmt::format("its index could not be built: {}",
                                                            rebuilt.error().to_string())));
}

void IndexKeeper::reclaim_if_due() {
  for (const IndexPointer& index : fed_indexes()) {
    const std::size_t removed = index->states().removed_count();
    if (removed < kReclaimMin || removed * kReclaimShare < index->states().end()) continue;
    if (index->pending().size() * 4 > removed &&
        removed < kReclaimAnyway * index->states().live_count()) {
      continue;
    }
    const std::vector<Slot> slots = take_removed(*index);
    SharedLock still(links_lock_);
    index->reclaim(slots);
    reclaimed_.fetch_add(slots.size(), std::memory_order_relaxed);
    // What lost its neighbours waits to be linked again, which no write will tell.
    wake_linkers();
  }
}

// The writes that removed them are visible when this returns.
std::vector<Slot> IndexKeeper::take_removed(VectorIndex& index) {
  std::vector<Slot> slots;
  storage::Sequence removed_by = 0;
  {
    MutexLock lock(feed_mutex_);
    slots = index.take_removed();
    removed_by = fed_sequence_;
  }
  wait_until_visible(removed_by);
  return slots;
}

// No search is left that does not see what was fed before the call.
void IndexKeeper::wait_for_searches() const {
  wait_until_fed_is_visible();
  drain_retired();
}

void IndexKeeper::wait_until_fed_is_visible() const {
  storage::Sequence fed = 0;
  {
    MutexLock lock(feed_mutex_);
    fed = fed_sequence_;
  }
  wait_until_visible(fed);
}

// A writer makes its record visible right after the observers were told of it.
void IndexKeeper::wait_until_visible(storage::Sequence sequence) const {
  while (engine_->visible_sequence() < sequence) std::this_thread::yield();
}

void IndexKeeper::calibrate_if_due() {
  const IndexPointer index = serving_index();
  if (calibration_.due(*index)) calibration_.measure(*index, engine_->visible_sequence());
}

void IndexKeeper::save_if_due() {
  const IndexPointer index = serving_index();
  const std::uint64_t changes = changes_.load() - changes_when_saved_;
  if (changes < kSaveMin || changes * kSaveShare < index->point_count()) return;
  // A tail would be missing in the file.
  if (!index->links_points() || index->pending().size() * kSaveShare > index->point_count()) return;
  if (auto saved = save_locked(false); !saved) {
    // With the next changes again.
    changes_when_saved_ = changes_.load();
    engine_->log_line(LogLevel::warning, describe(fmt::format("its index was not saved: {}",
                                                              saved.error().to_string())));
  }
}

Result<void> IndexKeeper::save() {
  const WakesLinkersAtEnd afterwards(*this);
  MutexLock upkeep(upkeep_mutex_);
  return save_locked(false);
}

Result<void> IndexKeeper::save_locked(bool last) {
  const IndexPointer index = serving_index();
  // Without links it takes no longer to read the points.
  if (!index->links_points()) return {};
  IndexStamp stamp{.config = index->config(), .sequence = 0};
  if (last && index->pending().size() == 0 && !failed_.load()) {
    // What the file vouches for must not be lost while the file is not.
    const storage::Sequence seen = engine_->visible_sequence();
    if (!mutant("index_files_know_more_than_the_log")) QUARTZ_TRY(engine_->sync());
    stamp.sequence = seen;
  }
  changes_when_saved_ = changes_.load();
  ExclusiveLock still(links_lock_);
  QUARTZ_TRY(io::create_durable_directories(engine_->files(), index_path_.parent_path()));
  QUARTZ_TRY(index->save(engine_->files(), index_path_, identity_, stamp));
  files_written_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

}  // namespace quartz::vector
