#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "vector/index_file_reader.hpp"
#include "vector/index_file_writer.hpp"
#include "vector/vector_index.hpp"

namespace quartz::vector {

Result<std::unique_ptr<VectorIndex>> VectorIndex::load(
    const IndexFileReader& file, const VectorIndexConfig& config,
    std::span<const PayloadIndexConfig> indexes) {
  QUARTZ_ASSIGN(std::unique_ptr<VectorIndex> index, make(file.quantizer(), config, indexes));
  if (index->vectors_ && !file.has_vectors()) {
    return Error(Errc::corruption, "an index file lacks the vectors that it should have");
  }
  // Points are taken in while the file is read, so their places have to be there before.
  QUARTZ_TRY(index->entries_.grow(file.slot_count()));
  const IndexFileTarget target{.codes = index->codes_,
                               .vectors = index->vectors_.get(),
                               .links = index->links_,
                               .states = index->states_};
  QUARTZ_TRY(
      file.load(target, [&](const IndexFilePoint& point) { return index->take_stored(point); }));
  MutexLock lock(index->mutex_);
  QUARTZ_TRY(index->grow(index->states_.end()));
  return index;
}

Result<void> VectorIndex::take_stored(const IndexFilePoint& point) {
  MutexLock lock(mutex_);
  PointEntry::Owned entry =
      PointEntry::make(point.id, point.version, 0, point.slots, point.payload);
  entry->set_settled(false);
  QUARTZ_TRY(index_payload(*entry));
  if (table_.find(point.id) != nullptr) {
    return Error(Errc::corruption, "an index file has a point twice");
  }
  table_.put(entry.get());
  entry_bytes_ += entry->bytes();
  point_count_.fetch_add(1, std::memory_order_relaxed);
  PointEntry* const shared = entry.release();
  for (const Slot slot : shared->slots()) {
    entry_of(slot).store(shared, std::memory_order_release);
  }
  return {};
}

Result<void> VectorIndex::save(io::FileSystem& files, const io::Path& path,
                               const CollectionIdentity& identity, IndexStamp stamp) const {
  std::vector<SlotStates::State> states;
  std::vector<IndexFilePoint> points;
  {
    // What is removed from now on stays in memory: nobody reclaims.
    MutexLock lock(mutex_);
    if (changed_by_ > stamp.sequence) stamp.sequence = 0;
    states = states_.snapshot();
    points.reserve(table_.size());
    table_.for_each([&](const PointEntry& entry) {
      const bool linked = std::ranges::all_of(
          entry.slots(), [&](Slot slot) { return states[slot] == SlotStates::State::linked; });
      if (linked) points.push_back({entry.id(), entry.version(), entry.slots(), entry.payload()});
    });
  }
  const std::vector<std::byte> parameters = encode_index_stamp(stamp);
  return write_index_file(files, path,
                          {.identity = identity,
                           .parameters = parameters,
                           .quantizer = quantizer_,
                           .codes = codes_,
                           .vectors = vectors_.get(),
                           .links = links_,
                           .states = states,
                           .points = points});
}

}  // namespace quartz::vector
