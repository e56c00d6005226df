#include <algorithm>
#include <array>
#include <chrono>
#include <new>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/crc32c.hpp"
#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"
#include "storage/engine.hpp"
#include "storage/sampled_timer.hpp"
#include "storage/stored_value.hpp"
#include "storage/write_limits.hpp"

namespace quartz::storage {
namespace {

/// Increases a counter that only the holder of one lock changes: no locked instruction needed.
void increase(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// Bytes of key and value as the user gave them.
std::uint64_t user_bytes_of(OperationView operation) noexcept {
  const std::uint64_t bytes = operation.bytes() - kOperationHeaderBytes;
  if (operation.type() != OperationType::put) return bytes;
  const std::string_view stored = operation.value();
  return bytes - (stored.size() - value_without_trailer(stored).size());
}

/// Bytes of an operation in the log.
std::size_t encoded_bytes(OperationType type, std::string_view key, std::string_view value,
                          const RowAttributes& attributes) noexcept {
  return type == OperationType::put ? put_bytes(key.size(), value.size(), attributes)
                                    : operation_bytes(key.size(), value.size());
}

bool only_removes(const WriteBatch& batch) noexcept {
  const std::byte* at = as_bytes(batch.encoded_operations()).data();
  for (std::size_t i = 0; i < batch.operation_count(); ++i) {
    const OperationView operation(at);
    if (operation.type() == OperationType::put) return false;
    at += operation.bytes();
  }
  return true;
}

}  // namespace

Result<Durability> Engine::effective_durability(const WriteOptions& options) const {
  if (!config_.enable_wal) {
    if (options.durability.value_or(Durability::memory) == Durability::memory) {
      return Durability::memory;
    }
    return Error(Errc::invalid_argument,
                 fmt::format("{}: the write asks to outlive the process, but the engine was opened "
                             "without a log (enable_wal = false)",
                             directory_.string()));
  }
  return options.durability.value_or(config_.durability);
}

Result<void> Engine::check_keyspace(const KeyspaceState& keyspace) const {
  if (keyspace.engine != number_) [[unlikely]] {
    return Error(Errc::invalid_argument,
                 fmt::format("keyspace \"{}\" belongs to another engine", keyspace.name));
  }
  if (keyspace.dropped.load(std::memory_order_acquire)) [[unlikely]] {
    return Error(Errc::closed, fmt::format("keyspace \"{}\" was dropped", keyspace.name));
  }
  return {};
}

Result<void> Engine::check_batch(const WriteBatch& batch) const {
  if (batch.error()) return *batch.error();
  for (const Keyspace& keyspace : batch.keyspaces()) QUARTZ_TRY(check_keyspace(keyspace.state()));
  return {};
}

// Holds the writer back as the arrears demand, before it takes any lock.
Result<void> Engine::admit(std::size_t bytes, bool removes_only) {
  if (closed()) [[unlikely]]
    return closed_error();
  QUARTZ_TRY(space_->admit(removes_only));
  if (back_pressure_.debt() == 0.0) [[likely]]
    return {};
  const auto delay = back_pressure_.delay_for(bytes, std::chrono::steady_clock::now());
  if (delay > std::chrono::nanoseconds::zero()) back_pressure_.sleep(delay);
  return wait_for_room();
}

Result<void> Engine::wait_for_room() {
  constexpr auto kLookAgain = std::chrono::milliseconds(100);
  while (back_pressure_.must_wait()) {
    // Nothing will get better by waiting if flushing or compacting fails.
    {
      MutexLock lock(append_mutex_);
      QUARTZ_TRY(check_writable_locked());
    }
    {
      MutexLock lock(flush_mutex_);
      if (flush_error_) return *flush_error_;
    }
    static_cast<void>(
        back_pressure_.wait_until_below_max(std::chrono::steady_clock::now() + kLookAgain));
  }
  return {};
}

Result<void> Engine::check_writable_locked() {
  if (closed()) return closed_error();
  if (stops_writes_) [[unlikely]]
    return stop_writes_locked("there was no memory to say which");
  return {};
}

Result<LogReservation> Engine::reserve_locked(std::size_t bytes) {
  if (const auto reservation = log_->reserve(bytes)) [[likely]]
    return *reservation;
  if (auto rolled = roll_locked(bytes); !rolled) {
    if (rolled.error().code() == Errc::no_space) space_->disk_full();
    return std::move(rolled).error();
  }
  const auto reservation = log_->reserve(bytes);
  QUARTZ_CHECK(reservation.has_value());
  return *reservation;
}

// Lets a new memtable over a new segment take over. The old one is flushed in the background.
Result<void> Engine::roll_locked(std::size_t bytes) {
  QUARTZ_ASSIGN(const auto segment, log_->roll(bytes, next_sequence_));
  try {
    begin_memtable_locked(segment);
  } catch (const std::bad_alloc&) {
    return stop_writes_locked("no memory was left for a new memtable");
  }
  return {};
}

void Engine::begin_memtable_locked(const std::shared_ptr<LogSegment>& segment) {
  auto next = std::make_shared<EngineView>();
  next->active = MemtableRef::adopt(new Memtable(segment));
  Memtable* const active = next->active.get();
  orderer_.follow(next->active);
  // One that was never written to has nothing to flush.
  const std::shared_ptr<LogSegment> unused =
      active_->entry_count() == 0 ? active_->segment() : nullptr;
  {
    MutexLock lock(view_mutex_);
    const EngineView& now = *view_owner_;
    next->older.reserve(now.older.size() + 1);
    if (!unused) next->older.push_back(now.active);
    next->older.insert(next->older.end(), now.older.begin(), now.older.end());
    next->waiting_count = now.waiting_count + (unused ? 0 : 1);
    next->levels = now.levels;
    next->complete_after = now.complete_after;
    drop_warm_memtables(*next);
    publish_view(std::move(next));
  }
  active_ = active;
  active_since_ns_.store(0, std::memory_order_relaxed);
  if (unused) log_->retire(unused);
  update_unflushed_debt();
  wake_background();
}

// What memory and log hold may differ from now on; replaying the log mends it.
Error Engine::stop_writes_locked(std::string_view why) {
  stops_writes_ = true;  // First: there may be no memory for the error.
  if (!writes_stopped_) {
    writes_stopped_ = Error(Errc::reopen_required,
                            fmt::format("{}: writing stopped after a failure ({}); reopen the "
                                        "engine to recover",
                                        directory_.string(), why));
  }
  return *writes_stopped_;
}

void Engine::apply_locked(Sequence sequence, OperationView operation, std::uint64_t hash) {
  active_->insert(sequence, operation, hash);
  switch (operation.type()) {
    case OperationType::put:
    case OperationType::remove:
      cache_.invalidate(operation.keyspace(), operation.key(), hash, sequence);
      increase(operation.type() == OperationType::put ? puts_ : removes_, 1);
      break;
    case OperationType::remove_range:
      if (const auto keyspace = keyspaces_->find(operation.keyspace())) {
        keyspace->cache_valid_from.store(sequence, std::memory_order_release);
      }
      increase(range_removes_, 1);
      break;
  }
  increase(user_bytes_, user_bytes_of(operation));
}

// Takes a record's operations into memtable and row cache, some at a time, so that the cache misses
// of several keys are under way at once. Throws std::bad_alloc.
void Engine::index_locked(const std::byte* at, std::uint32_t count) {
  struct Hashed {
    OperationView operation;
    std::uint64_t hash = 0;
  };
  std::array<Hashed, 16> ahead;
  for (std::uint32_t done = 0; done < count;) {
    const std::uint32_t some = std::min(count - done, static_cast<std::uint32_t>(ahead.size()));
    for (std::uint32_t i = 0; i < some; ++i) {
      const OperationView operation(at);
      ahead[i] = {operation, hash_key(operation.key(), operation.keyspace())};
      active_->prefetch(ahead[i].hash);
      cache_.prefetch(ahead[i].hash);
      at += operation.bytes();
    }
    for (std::uint32_t i = 0; i < some; ++i) active_->prefetch_operation(ahead[i].hash);
    for (std::uint32_t i = 0; i < some; ++i) {
      apply_locked(next_sequence_ + done + i, ahead[i].operation, ahead[i].hash);
    }
    done += some;
  }
}

// Completes a reserved record: into the log, into the memtable, then visible.
Result<LogPosition> Engine::publish_locked(const LogReservation& reservation, std::uint32_t count,
                                           std::uint32_t crc) {
  QUARTZ_ASSIGN(const LogPosition end, log_->commit(reservation, next_sequence_, count, crc));
  try {
    index_locked(reservation.operations, count);
  } catch (const std::bad_alloc&) {
    half_indexed_ = true;
    return stop_writes_locked("no memory was left to index a record that is in the log already");
  }
  next_sequence_ += count;
  increase(batches_, 1);
  if (!observers_.empty()) [[unlikely]] {
    tell_observers_locked(next_sequence_ - count,
                          {reservation.operations, reservation.operations_bytes}, count);
  }
  visible_sequence_.store(next_sequence_ - 1, std::memory_order_release);
  orderer_.added(count);
  if (active_since_ns_.load(std::memory_order_relaxed) == 0) {
    active_since_ns_.store(steady_nanoseconds(), std::memory_order_relaxed);
  }
  return end;
}

Result<LogPosition> Engine::append_one(const KeyspaceState& keyspace, OperationType type,
                                       std::string_view key, std::string_view value,
                                       const RowAttributes& attributes, const ReadSet* unchanged) {
  const std::size_t bytes = encoded_bytes(type, key, value, attributes);
  const std::uint64_t hash = hash_key(key, keyspace.id);
  cache_.prefetch(hash);
  if (unchanged != nullptr) prefetch_reads(*unchanged);
  MutexLock lock(append_mutex_);
  QUARTZ_TRY(check_writable_locked());
  active_->prefetch(hash);  // Both are needed when the record is written.
  QUARTZ_TRY(check_keyspace(keyspace));
  if (unchanged != nullptr) QUARTZ_TRY(check_unchanged_locked(*unchanged));
  QUARTZ_ASSIGN(const LogReservation reservation, reserve_locked(bytes));
  if (type == OperationType::put) {
    encode_put(reservation.operations, keyspace.id, key, value, attributes);
  } else {
    encode_operation(reservation.operations, type, keyspace.id, key, value);
  }
  return publish_locked(reservation, 1, crc32c({reservation.operations, bytes}));
}

void Engine::prefetch_write(const KeyspaceState& keyspace, std::string_view key) const noexcept {
  const std::uint64_t hash = hash_key(key, keyspace.id);
  cache_.prefetch(hash);
  const EpochGuard guard;
  if (!closed()) view_.load(std::memory_order_acquire)->active->prefetch(hash);
}

// Of several, each waits for memory beside the others (index_locked); the first has the time that
// it takes to write the record.
void Engine::prefetch_first(const WriteBatch& batch) const noexcept {
  if (batch.empty()) return;
  const OperationView first(as_bytes(batch.encoded_operations()).data());
  const EpochGuard guard;
  if (closed()) return;
  view_.load(std::memory_order_acquire)
      ->active->prefetch_operation(hash_key(first.key(), first.keyspace()));
}

Result<LogPosition> Engine::append_batch(const WriteBatch& batch, const ReadSet* unchanged) {
  const auto operations = as_bytes(batch.encoded_operations());
  prefetch_first(batch);
  const std::uint32_t crc = crc32c(operations);
  if (unchanged != nullptr) prefetch_reads(*unchanged);
  MutexLock lock(append_mutex_);
  QUARTZ_TRY(check_writable_locked());
  QUARTZ_TRY(check_batch(batch));
  if (unchanged != nullptr) QUARTZ_TRY(check_unchanged_locked(*unchanged));
  QUARTZ_ASSIGN(const LogReservation reservation, reserve_locked(operations.size()));
  std::memcpy(reservation.operations, operations.data(), operations.size());
  return publish_locked(reservation, static_cast<std::uint32_t>(batch.operation_count()), crc);
}

// Before the first write that will be synced by itself: such writes want a segment of small pages.
Result<void> Engine::expect_syncs() {
  if (syncs_expected_.load(std::memory_order_relaxed)) [[likely]]
    return {};
  MutexLock lock(append_mutex_);
  QUARTZ_TRY(check_writable_locked());
  syncs_expected_.store(true, std::memory_order_relaxed);
  if (!log_->expect_syncs()) return {};
  auto rolled = roll_locked(0);
  // This segment's syncs are slow, which is better than none. The next will do.
  if (!rolled && rolled.error().code() == Errc::no_space) return {};
  return rolled;
}

Result<void> Engine::write_one(const KeyspaceState& keyspace, OperationType type,
                               std::string_view key, std::string_view value,
                               const WriteOptions& options, const RowAttributes& attributes) {
  thread_local std::uint64_t calls = 0;
  const std::uint64_t started = calls++ % kSampleEvery == 0 ? steady_nanoseconds() : 0;
  QUARTZ_ASSIGN(const Durability durability, effective_durability(options));
  QUARTZ_TRY(check_keyspace(keyspace));
  QUARTZ_TRY(check_operation(type, key, value, attributes));
  if (type == OperationType::remove_range && value <= key) {
    if (options.unchanged != nullptr) return check_unchanged(*options.unchanged);
    return closed() ? Result<void>(closed_error()) : Result<void>();
  }
  QUARTZ_TRY(admit(encoded_bytes(type, key, value, attributes), type != OperationType::put));
  if (durability == Durability::disk) QUARTZ_TRY(expect_syncs());
  QUARTZ_ASSIGN(const LogPosition end,
                append_one(keyspace, type, key, value, attributes, options.unchanged));
  if (durability == Durability::disk && !mutant("a_put_does_not_wait_for_its_sync")) {
    const GatePass pass(gate_);
    if (!pass) return closed_error();
    QUARTZ_TRY(log_->wait_synced(end));
  }
  if (started != 0) write_latency_.record(steady_nanoseconds() - started);
  return {};
}

Result<void> Engine::write(const WriteBatch& batch, const WriteOptions& options) {
  thread_local std::uint64_t calls = 0;
  const std::uint64_t started = calls++ % kSampleEvery == 0 ? steady_nanoseconds() : 0;
  QUARTZ_ASSIGN(const Durability durability, effective_durability(options));
  QUARTZ_TRY(check_batch(batch));
  if (batch.empty()) {
    if (options.unchanged != nullptr) return check_unchanged(*options.unchanged);
    return closed() ? Result<void>(closed_error()) : Result<void>();
  }
  QUARTZ_TRY(admit(batch.bytes(), space_->low() && only_removes(batch)));
  if (durability == Durability::disk) QUARTZ_TRY(expect_syncs());
  QUARTZ_ASSIGN(const LogPosition end, append_batch(batch, options.unchanged));
  if (durability == Durability::disk && !mutant("a_batch_does_not_wait_for_its_sync")) {
    const GatePass pass(gate_);
    if (!pass) return closed_error();
    QUARTZ_TRY(log_->wait_synced(end));
  }
  if (started != 0) write_latency_.record(steady_nanoseconds() - started);
  return {};
}

std::optional<Result<void>> Engine::write_at_once(const WriteBatch& batch,
                                                  const WriteOptions& options) {
  if (back_pressure_.debt() > 0.0) return std::nullopt;
  const auto durability = effective_durability(options);
  if (durability && *durability == Durability::disk) return std::nullopt;
  return write(batch, options);
}

void Engine::write_in_background(WriteBatch batch, const WriteOptions& options, Done done) {
  const auto durability = effective_durability(options);
  if (durability && *durability == Durability::disk && back_pressure_.debt() == 0.0) {
    return append_without_waiting(batch, options.unchanged, std::move(done));
  }
  // Somebody else's thread is not ours to put to sleep.
  auto job = std::make_shared<std::pair<WriteBatch, Done>>(std::move(batch), std::move(done));
  const auto taken =
      run_blocking([this, options, job] { job->second(write(job->first, options)); });
  if (!taken) job->second(taken.error());
}

// For `Durability::disk`: appends here, and leaves the answer to the sync that it will share.
void Engine::append_without_waiting(const WriteBatch& batch, const ReadSet* unchanged, Done done) {
  const GatePass pass(gate_);
  if (!pass) return done(closed_error());
  if (auto checked = check_batch(batch); !checked) return done(std::move(checked));
  if (auto admitted = space_->admit(space_->low() && only_removes(batch)); !admitted) {
    return done(std::move(admitted));
  }
  LogPosition end = log_->end_position();
  if (batch.empty()) {
    if (unchanged != nullptr) {
      if (auto checked = check_unchanged(*unchanged); !checked) return done(std::move(checked));
    }
  } else {
    if (auto expected = expect_syncs(); !expected) return done(std::move(expected));
    auto appended = append_batch(batch, unchanged);
    if (!appended) return done(std::move(appended).error());
    end = *appended;
  }
  if (mutant("an_asynchronous_write_does_not_wait_for_its_sync")) return done({});
  log_->when_synced(end, std::move(done));
}

}  // namespace quartz::storage
