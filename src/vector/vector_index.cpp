#include "vector/vector_index.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/hnsw_repair.hpp"

namespace quartz::vector {
namespace {

std::uint64_t next_serial() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

VectorIndex::VectorIndex(const Quantizer& quantizer, const VectorIndexConfig& config)
    : serial_(next_serial()),
      quantizer_(quantizer),
      config_(config),
      codes_(quantizer.code_bytes(), quantizer.code_bytes() >= 32 ? 64 : 8),
      entries_(sizeof(std::atomic<PointEntry*>), alignof(std::atomic<PointEntry*>)),
      links_(config.m),
      code_space_(codes_, quantizer_.code_distance()),
      query_space_(codes_, quantizer_.query_distance()),
      inserter_(links_, states_, code_space_, config.ef_construction, config.seed) {
  if (quantizer.quantization() == Quantization::none) {
    rows_ = &codes_;
  } else if (config.vectors_in_memory) {
    vectors_ = std::make_unique<SlotArray>(quantizer.dimensions() * sizeof(float), 64);
    rows_ = vectors_.get();
  }
}

Result<std::unique_ptr<VectorIndex>> VectorIndex::make(
    const Quantizer& quantizer, const VectorIndexConfig& config,
    std::span<const PayloadIndexConfig> indexes) {
  std::unique_ptr<VectorIndex> index(new VectorIndex(quantizer, config));
  for (const PayloadIndexConfig& payload_index : indexes) {
    QUARTZ_TRY(index->payload_indexes_.declare(payload_index.field, payload_index.kind));
  }
  return index;
}

// Nobody reads any more. An entry goes with the last of its slots.
VectorIndex::~VectorIndex() {
  for (std::size_t slot = 0; slot < entries_.capacity(); ++slot) {
    PointEntry* const entry = entry_of(static_cast<Slot>(slot)).load(std::memory_order_relaxed);
    if (entry != nullptr && entry->drop_slot()) PointEntry::Free()(entry);
  }
}

Result<void> VectorIndex::add(const IndexedPoint& point, storage::Sequence sequence) {
  MutexLock lock(mutex_);
  changed_by_ = sequence;
  remove_locked(point.id, sequence);
  return add_locked(point, sequence);
}

Result<void> VectorIndex::add_locked(const IndexedPoint& point, storage::Sequence sequence) {
  const std::size_t dimensions = quantizer_.dimensions();
  QUARTZ_ASSIGN(const std::vector<Slot> slots, take_slots(point.components.size() / dimensions));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    store_vector(slots[i], point.components.subspan(i * dimensions, dimensions));
  }
  const std::string_view payload = config_.payloads_in_memory ? point.payload : std::string_view();
  PointEntry::Owned entry = PointEntry::make(point.id, point.version, sequence, slots, payload);
  if (auto indexed = index_payload(*entry); !indexed) {
    states_.give_back(slots);
    return indexed;
  }
  table_.put(entry.get());
  entry_bytes_ += entry->bytes();
  point_count_.fetch_add(1, std::memory_order_relaxed);
  PointEntry* const shared = entry.release();
  for (const Slot slot : slots) {
    entry_of(slot).store(shared, std::memory_order_release);
    states_.show(slot);
    pending_.append(slot);
  }
  return {};
}

Result<std::vector<Slot>> VectorIndex::take_slots(std::size_t count) {
  // Before anybody learns of the slots: whoever goes through all that were ever taken reads what
  // belongs to them, without a lock.
  QUARTZ_TRY(grow(std::min(states_.end() + count, kSlotsMax)));
  std::vector<Slot> slots;
  slots.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto slot = states_.take();
    if (slot && slot->has_value()) {
      slots.push_back(**slot);
      continue;
    }
    states_.give_back(slots);
    if (!slot) return std::move(slot).error();
    return Error(Errc::too_large, fmt::format("a collection holds at most {} vectors", kSlotsMax));
  }
  return slots;
}

Result<void> VectorIndex::grow(std::size_t count) {
  QUARTZ_TRY(codes_.grow(count));
  if (vectors_) QUARTZ_TRY(vectors_->grow(count));
  QUARTZ_TRY(entries_.grow(count));
  return links_.grow(count);
}

void VectorIndex::store_vector(Slot slot, std::span<const float> components) {
  quantizer_.encode(components, codes_.at(slot));
  if (vectors_) std::memcpy(vectors_->at(slot), components.data(), components.size_bytes());
}

Result<void> VectorIndex::index_payload(const PointEntry& entry) {
  ExclusiveLock lock(payload_lock_);
  if (!payload_indexes_.empty()) {
    // If it cannot be read, not for the first slot either.
    for (const Slot slot : entry.slots()) {
      QUARTZ_TRY(payload_indexes_.add(slot, entry.id(), entry.payload()));
    }
  }
  for (const Slot slot : entry.slots()) slots_with_point_.add(slot);
  return {};
}

// One that came from a file as removed has no point.
void VectorIndex::forget_payload(const PointEntry* entry, Slot slot) {
  ExclusiveLock lock(payload_lock_);
  slots_with_point_.remove(slot);
  if (entry == nullptr || payload_indexes_.empty()) return;
  // It was read when it was added, so it is a payload.
  QUARTZ_CHECK(payload_indexes_.remove(slot, entry->id(), entry->payload()).has_value());
}

const PointEntry* VectorIndex::find(std::string_view id) const {
  MutexLock lock(mutex_);
  return table_.find(id);
}

void VectorIndex::remove(std::string_view id, storage::Sequence sequence) {
  MutexLock lock(mutex_);
  changed_by_ = sequence;
  if (catching_up_) catching_up_->ids.emplace(id);
  remove_locked(id, sequence);
}

void VectorIndex::remove_locked(std::string_view id, storage::Sequence sequence) {
  PointEntry* const entry = table_.remove(id);
  if (entry != nullptr) hide_locked(*entry, sequence);
}

void VectorIndex::hide_locked(PointEntry& entry, storage::Sequence sequence) {
  entry.remove_at(sequence);
  entry_bytes_ -= entry.bytes();
  point_count_.fetch_sub(1, std::memory_order_relaxed);
  for (const Slot slot : entry.slots()) states_.remove(slot);
}

void VectorIndex::remove_range(std::string_view first, std::optional<std::string_view> last,
                               storage::Sequence sequence) {
  MutexLock lock(mutex_);
  changed_by_ = sequence;
  std::vector<PointEntry*> within;
  table_.for_each([&](PointEntry& entry) {
    if (first <= entry.id() && (!last || entry.id() < *last)) within.push_back(&entry);
  });
  for (PointEntry* const entry : within) remove_locked(entry->id(), sequence);
  if (catching_up_) catching_up_->ranges.emplace_back(first, last);
}

bool VectorIndex::RemovedIds::contains(std::string_view id) const {
  return (!ids.empty() && ids.contains(std::string(id))) ||
         std::ranges::any_of(ranges, [&](const auto& range) {
           return range.first <= id && (!range.second || id < *range.second);
         });
}

void VectorIndex::begin_catching_up() {
  MutexLock lock(mutex_);
  catching_up_.emplace();
}

bool VectorIndex::wants(std::string_view id, std::uint64_t version) {
  MutexLock lock(mutex_);
  PointEntry* const entry = table_.find(id);
  if (entry == nullptr) return !catching_up_->contains(id);
  if (entry->settled()) return false;
  if (entry->version() != version) return true;
  entry->set_settled(true);
  return false;
}

Result<void> VectorIndex::add_read(const IndexedPoint& point) {
  MutexLock lock(mutex_);
  // A write may have come since the index was asked.
  const PointEntry* const entry = table_.find(point.id);
  if (entry == nullptr ? catching_up_->contains(point.id) : entry->settled()) return {};
  // To every search it has always been so.
  remove_locked(point.id, 0);
  return add_locked(point, 0);
}

void VectorIndex::end_catching_up() {
  MutexLock lock(mutex_);
  std::vector<PointEntry*> gone;
  table_.for_each([&](PointEntry& entry) {
    if (!entry.settled()) gone.push_back(&entry);
  });
  for (PointEntry* const entry : gone) remove_locked(entry->id(), 0);
  catching_up_.reset();
}

void VectorIndex::skip_catching_up() {
  MutexLock lock(mutex_);
  catching_up_.reset();
}

bool VectorIndex::link_next(Linking& linking) {
  if (!links_points()) return false;
  if (!linking.taken) linking.taken = pending_.take();
  if (!linking.taken) return false;
  const Slot slot = linking.taken->slot;
  const EpochGuard guard;
  // What was removed meanwhile needs no links.
  if (states_.removed(slot)) {
    linking.removed.push_back(*linking.taken);
  } else {
    inserter_.insert(slot, linking.scratch);
    linked_.fetch_add(1, std::memory_order_relaxed);
    pending_.finish(*linking.taken);
  }
  linking.taken.reset();
  return true;
}

void VectorIndex::drop_removed(Linking& linking) {
  for (const PendingTail::Taken& taken : linking.removed) {
    pending_.finish(taken);
    states_.link(taken.slot);
  }
  linking.removed.clear();
}

void VectorIndex::reclaim(std::span<const Slot> removed) {
  std::vector<PointEntry*> entries;
  std::vector<Slot> poor;
  try {
    entries.reserve(removed.size());
    HnswRepairer<CodeSpace> repairer(links_, states_, code_space_);
    // Searches find them in the tail from now on, whatever becomes of what leads to them.
    link_again(repairer.dependents(removed));
    // Whoever has looked at the tail before, and whoever sees the points still, has gone when this
    // returns,
    drain_retired();
    for (const Slot slot : removed) {
      entries.push_back(entry_of(slot).exchange(nullptr, std::memory_order_acq_rel));
    }
    // and whoever reads entry or code all the same, when the repair does.
    poor = repairer.repair(removed);
  } catch (const std::bad_alloc&) {
    for (std::size_t i = 0; i < entries.size(); ++i) entry_of(removed[i]).store(entries[i]);
    states_.keep_removed(removed);
    throw;
  }
  for (std::size_t i = 0; i < removed.size(); ++i) forget_payload(entries[i], removed[i]);
  // Searches with a filter come to codes by the indexes.
  drain_retired();
  for (PointEntry* const entry : entries) {
    if (entry != nullptr && entry->drop_slot()) PointEntry::Free()(entry);
  }
  states_.give_back(removed);
  link_again(poor);
}

void VectorIndex::link_again(std::span<const Slot> slots) {
  for (const Slot slot : slots) {
    if (states_.unlink(slot)) pending_.append(slot);
  }
}

Result<void> VectorIndex::declare_payload_index(const PayloadIndexConfig& config) {
  MutexLock lock(mutex_);
  PayloadIndexes added;
  QUARTZ_TRY(added.declare(config.field, config.kind));
  const std::size_t end = states_.end();
  for (std::size_t at = 0; at < end; ++at) {
    const auto slot = static_cast<Slot>(at);
    // Removed ones as well: they are taken out of all indexes when their place becomes free.
    if (const PointEntry* const entry = point(slot)) {
      QUARTZ_TRY(added.add(slot, entry->id(), entry->payload()));
    }
  }
  ExclusiveLock payloads(payload_lock_);
  return payload_indexes_.absorb(std::move(added));
}

VectorIndex::Memory VectorIndex::memory() const {
  const std::size_t end = states_.end();
  Memory memory;
  memory.codes = end * codes_.stride();
  memory.links = links_.bytes(end);
  memory.vectors = vectors_ ? end * vectors_->stride() : 0;
  MutexLock lock(mutex_);
  memory.points = entry_bytes_ + table_.bytes() + end * (entries_.stride() + 1);
  return memory;
}

std::size_t VectorIndex::payload_index_bytes() const {
  SharedLock lock(payload_lock_);
  return payload_indexes_.bytes();
}

std::size_t VectorIndex::bytes_per_vector() const noexcept {
  return codes_.stride() + (vectors_ ? vectors_->stride() : 0) + links_.bytes_per_slot() +
         entries_.stride() + 2 * sizeof(void*) + sizeof(PointEntry);
}

}  // namespace quartz::vector
