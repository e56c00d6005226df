#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/try.hpp"
#include "storage/engine.hpp"
#include "storage/sampled_timer.hpp"

namespace quartz::storage {
namespace {

// So many cache misses a core can have under way.
constexpr std::size_t kKeysAhead = 16;

// One for each kind: a read of the levels is within a read, and would always meet the same of two
// turns.
thread_local std::uint64_t reads_of_thread = 0;
thread_local std::uint64_t level_reads_of_thread = 0;

bool lies_in(std::string_view bytes, const std::string& buffer) noexcept {
  const std::less<const char*> before;  // Also for addresses of different objects.
  return !before(bytes.data(), buffer.data()) &&
         before(bytes.data(), buffer.data() + buffer.capacity());
}

/// A value from the levels that keeps the engine, and with it the directory, while it is held.
PinnedValue keep_engine(PinnedValue value, const StoredValue& shown,
                        std::shared_ptr<Engine> engine) {
  struct Owner {
    PinnedValue value;
    std::shared_ptr<Engine> engine;
  };
  auto* owner = new Owner{std::move(value), std::move(engine)};
  owner->engine->value_pinned();
  const auto let_go = [](void* p) noexcept {
    auto* held = static_cast<Owner*>(p);
    held->value.reset();
    held->engine->value_unpinned();
    delete held;
  };
  return PinnedValue(shown.value, owner, let_go, shown.attributes);
}

std::optional<std::string_view> view_of(const std::optional<PinnedValue>& row) {
  return row ? std::optional(row->view()) : std::nullopt;
}

/// A value that keeps the memtable it lies in.
std::optional<PinnedValue> keep_memtable(const Memtable& memtable, const StoredValue& shown) {
  if (!memtable.try_retain()) return std::nullopt;
  const auto let_go = [](void* p) noexcept { static_cast<const Memtable*>(p)->release(); };
  return PinnedValue(shown.value, const_cast<Memtable*>(&memtable), let_go, shown.attributes);
}

}  // namespace

Engine::ReadPoint Engine::read_point(const Snapshot* snapshot) const {
  if (snapshot != nullptr) {
    return {snapshot->state()->view.get(), snapshot->state()->sequence};
  }
  // A view that was current before and after the sequence was read was current at that moment. It
  // cannot be another one at the same address: the guard keeps it from being freed.
  const EngineView* view = view_.load(std::memory_order_acquire);
  for (;;) {
    const Sequence sequence = visible_sequence_.load(std::memory_order_acquire);
    const EngineView* again = view_.load(std::memory_order_acquire);
    if (again == view) return {view, sequence};
    view = again;
  }
}

Result<void> Engine::check_readable(const KeyspaceState& keyspace,
                                    const ReadOptions& options) const {
  if (closed()) [[unlikely]]
    return closed_error();
  QUARTZ_TRY(check_keyspace(keyspace));
  if (options.snapshot == nullptr) [[likely]]
    return {};
  if (options.snapshot->state() == nullptr) {
    return Error(Errc::invalid_argument, "the snapshot was moved from");
  }
  if (options.snapshot->state()->engine.get() != this) {
    return Error(Errc::invalid_argument, "the snapshot belongs to another engine");
  }
  return {};
}

// A row in memory was validated when it was appended, replayed or read from the levels.
void Engine::answer_with_row(MemoryAnswer& answer, MemoryAnswer::Kind shown,
                             std::string_view stored) const {
  QUARTZ_CHECK(take_apart(stored, answer.stored));
  answer.kind = expired(answer.stored.attributes) ? MemoryAnswer::Kind::absent : shown;
}

Engine::MemoryAnswer Engine::look_in_memory(const ReadPoint& at, const KeyspaceState& keyspace,
                                            std::string_view key, std::uint64_t key_hash,
                                            Sequence cached_until) const {
  MemoryAnswer answer;
  at.view->active->prefetch(key_hash);
  if (cached_until > 0) {
    const Sequence valid_from = keyspace.cache_valid_from.load(std::memory_order_acquire);
    const auto row = cache_.find(keyspace.id, key, key_hash, valid_from);
    if (row && row->read_at <= cached_until) {
      answer.kind = MemoryAnswer::Kind::absent;
      answer.row = *row;
      if (row->exists) answer_with_row(answer, MemoryAnswer::Kind::in_cache, row->value);
      answer.row.value = answer.stored.value;
      return answer;
    }
  }
  const std::span<const MemtableRef> older = at.view->older;
  if (!older.empty()) older.front()->prefetch(key_hash);
  const auto look = [&](const Memtable& memtable) {
    const MemtableHit hit = memtable.find(keyspace.id, key, key_hash, at.sequence);
    if (hit.kind == MemtableHit::Kind::none) return false;
    answer.kind = MemoryAnswer::Kind::absent;
    answer.memtable = &memtable;
    if (hit.kind == MemtableHit::Kind::value) {
      answer_with_row(answer, MemoryAnswer::Kind::in_memtable, hit.value);
    }
    return true;
  };
  if (look(*at.view->active)) return answer;
  // All that may still answer come near while the next is asked.
  for (const MemtableRef& memtable : older.subspan(std::min<std::size_t>(older.size(), 1))) {
    memtable->prefetch(key_hash);
  }
  for (const MemtableRef& memtable : older) {
    if (look(*memtable)) return answer;
  }
  return answer;
}

void Engine::count_answer(MemoryAnswer::Kind kind) {
  switch (kind) {
    case MemoryAnswer::Kind::in_cache:
      return gets_from_cache_.add();
    case MemoryAnswer::Kind::in_memtable:
      return gets_from_memtable_.add();
    case MemoryAnswer::Kind::absent:
      return gets_absent_in_memory_.add();
    case MemoryAnswer::Kind::unknown:
      return;
  }
}

// Asked before a look-up, which takes far longer.
bool Engine::absent_in_levels(const ReadPoint& at, const KeyspaceState& keyspace,
                              std::string_view key, std::uint64_t key_hash) {
  if (Levels::may_contain(keyspace.id, key, key_hash, *at.view->levels)) return false;
  gets_absent_in_levels_.add();
  return true;
}

Result<std::optional<StoredValue>> Engine::shown_of_levels(const KeyspaceState& keyspace,
                                                           std::string_view key,
                                                           std::optional<std::string_view> stored) {
  std::optional<StoredValue> shown;
  if (stored) {
    shown = decode_stored_value(*stored);
    if (!shown) {
      Error error = malformed_value(keyspace.name, key);
      count_read_error(error);
      return error;
    }
    if (expired(shown->attributes)) shown.reset();
  }
  (shown ? gets_from_levels_ : gets_absent_in_levels_).add();
  return shown;
}

Result<std::optional<PinnedValue>> Engine::get_from_levels(const KeyspaceState& keyspace,
                                                           std::string_view key,
                                                           std::uint64_t key_hash,
                                                           const LevelsSnapshot& levels,
                                                           Sequence at, bool fill) {
  const SampledTimer timer(level_get_latency_, level_reads_of_thread);
  auto row = levels_->get(keyspace.id, key, levels);
  if (!row) {
    count_read_error(row.error());
    return std::move(row).error();
  }
  const auto stored = view_of(*row);
  QUARTZ_ASSIGN(const auto shown, shown_of_levels(keyspace, key, stored));
  // What has expired is cached as absent: it stays so.
  if (fill) cache_.fill(keyspace.id, key, key_hash, shown ? stored : std::nullopt, at);
  if (!shown) return std::optional<PinnedValue>();
  return std::optional(keep_engine(*std::move(*row), *shown, shared_from_this()));
}

Result<bool> Engine::get_into(const KeyspaceState& keyspace, std::string_view key,
                              std::string& value, const ReadOptions& options) {
  const SampledTimer timer(get_latency_, reads_of_thread);
  const std::uint64_t hash = hash_key(key, keyspace.id);
  cache_.prefetch(hash);
  std::shared_ptr<const LevelsSnapshot> levels;
  Sequence sequence = 0;
  {
    const EpochGuard guard;
    QUARTZ_TRY(check_readable(keyspace, options));
    const ReadPoint at = read_point(options.snapshot);
    const MemoryAnswer answer =
        look_in_memory(at, keyspace, key, hash, options.snapshot == nullptr ? kSequenceMax : 0);
    count_answer(answer.kind);
    if (answer.kind == MemoryAnswer::Kind::absent) return false;
    if (answer.kind != MemoryAnswer::Kind::unknown) {
      value.assign(answer.stored.value);
      return true;
    }
    if (absent_in_levels(at, keyspace, key, hash)) return false;
    levels = at.view->levels;
    sequence = at.sequence;
  }
  const GatePass pass(gate_);
  if (!pass) return closed_error();
  const SampledTimer level_timer(level_get_latency_, level_reads_of_thread);
  std::string copied;
  if (lies_in(key, value)) key = copied.assign(key);  // It would be overwritten.
  const auto found = levels_->get_into(keyspace.id, key, *levels, value);
  if (!found) {
    count_read_error(found.error());
    return found.error();
  }
  const auto stored = *found ? std::optional<std::string_view>(value) : std::nullopt;
  QUARTZ_ASSIGN(const auto shown, shown_of_levels(keyspace, key, stored));
  if (options.fill_cache && options.snapshot == nullptr) {
    cache_.fill(keyspace.id, key, hash, shown ? stored : std::nullopt, sequence);
  }
  if (!shown) return false;
  value.resize(shown->value.size());
  return true;
}

Result<std::optional<PinnedValue>> Engine::get_pinned(const KeyspaceState& keyspace,
                                                      std::string_view key,
                                                      const ReadOptions& options) {
  const SampledTimer timer(get_latency_, reads_of_thread);
  const std::uint64_t hash = hash_key(key, keyspace.id);
  cache_.prefetch(hash);
  std::shared_ptr<const LevelsSnapshot> levels;
  Sequence sequence = 0;
  {
    const EpochGuard guard;
    QUARTZ_TRY(check_readable(keyspace, options));
    const ReadPoint at = read_point(options.snapshot);
    const MemoryAnswer answer =
        look_in_memory(at, keyspace, key, hash, options.snapshot == nullptr ? kSequenceMax : 0);
    count_answer(answer.kind);
    if (answer.kind == MemoryAnswer::Kind::absent) return std::optional<PinnedValue>();
    std::optional<PinnedValue> pinned;
    if (answer.kind == MemoryAnswer::Kind::in_memtable) {
      pinned = keep_memtable(*answer.memtable, answer.stored);
    } else if (answer.kind == MemoryAnswer::Kind::in_cache) {
      pinned = RowCache::pin(answer.row, answer.stored.attributes);
    }
    if (pinned) return pinned;
    // What is being freed at this moment is in the levels too.
    if (absent_in_levels(at, keyspace, key, hash)) return std::optional<PinnedValue>();
    levels = at.view->levels;
    sequence = at.sequence;
  }
  const GatePass pass(gate_);
  if (!pass) return closed_error();
  const bool fill = options.fill_cache && options.snapshot == nullptr;
  return get_from_levels(keyspace, key, hash, *levels, sequence, fill);
}

std::optional<Result<std::optional<std::string>>> Engine::get_from_memory(
    const KeyspaceState& keyspace, std::string_view key) {
  const std::uint64_t hash = hash_key(key, keyspace.id);
  cache_.prefetch(hash);
  const EpochGuard guard;
  if (auto readable = check_readable(keyspace, {}); !readable) return std::move(readable).error();
  const ReadPoint at = read_point(nullptr);
  const MemoryAnswer answer = look_in_memory(at, keyspace, key, hash, kSequenceMax);
  count_answer(answer.kind);
  if (answer.kind == MemoryAnswer::Kind::unknown) {
    if (absent_in_levels(at, keyspace, key, hash)) return std::optional<std::string>();
    return std::nullopt;
  }
  if (answer.kind == MemoryAnswer::Kind::absent) return std::optional<std::string>();
  return std::optional<std::string>(answer.stored.value);
}

// Hashes of the first of these keys, and what memory has of them on its way: the misses of several
// keys take no longer than those of one. As far as to where the answer seems to lie: of a key that
// is written often each memtable has a row, and one of them is looked at.
void Engine::prefetch_all(const ReadPoint& at, const KeyspaceState& keyspace, bool cached,
                          std::span<const std::string_view> keys,
                          std::span<std::uint64_t> hashes) const {
  hashes = hashes.first(std::min(keys.size(), hashes.size()));
  QUARTZ_CHECK(hashes.size() <= kKeysAhead);
  std::array<std::uint64_t, kKeysAhead> sought;
  std::size_t count = 0;
  const auto& older = at.view->older;
  const auto approach = [&](std::size_t index) {
    if (index >= older.size()) return;
    for (const std::uint64_t hash : std::span(sought).first(count)) older[index]->prefetch(hash);
  };
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    hashes[i] = sought[count++] = hash_key(keys[i], keyspace.id);
    if (cached) cache_.prefetch(hashes[i]);
    at.view->active->prefetch(hashes[i]);
  }
  // Kept or dropped without a branch, which nobody could foresee.
  const auto drop_if = [&](const auto& comes_near) {
    const std::size_t before = std::exchange(count, 0);
    for (std::size_t i = 0; i < before; ++i) {
      const std::uint64_t hash = sought[i];
      sought[count] = hash;
      count += comes_near(hash) ? 0U : 1U;
    }
  };
  approach(0);  // A memtable ahead, so that nothing is waited for.
  drop_if([&](std::uint64_t hash) {
    return (cached && cache_.prefetch_row(hash)) || at.view->active->prefetch_operation(hash);
  });
  for (std::size_t i = 0; i < older.size() && count > 0; ++i) {
    approach(i + 1);
    drop_if([&](std::uint64_t hash) { return older[i]->prefetch_operation(hash); });
  }
}

void Engine::prefetch(const KeyspaceState& keyspace, std::span<const std::string_view> keys) const {
  std::array<std::uint64_t, kKeysAhead> hashes;
  const EpochGuard guard;
  if (!check_readable(keyspace, {})) return;
  prefetch_all(read_point(nullptr), keyspace, true, keys, hashes);
}

Result<std::vector<std::optional<std::string>>> Engine::multi_get(
    const KeyspaceState& keyspace, std::span<const std::string_view> keys,
    const ReadOptions& options) {
  const SampledTimer timer(get_latency_, reads_of_thread);
  std::vector<std::optional<std::string>> values(keys.size());
  std::vector<std::size_t> missing;
  std::vector<std::string_view> missing_keys;
  std::array<std::uint64_t, kKeysAhead> hashes{};
  std::shared_ptr<const LevelsSnapshot> levels;
  Sequence sequence = 0;
  {
    const EpochGuard guard;
    QUARTZ_TRY(check_readable(keyspace, options));
    const ReadPoint at = read_point(options.snapshot);
    // A cached row is the newest one as of now. It was so at this sequence, too, if it was read by
    // then: it has not changed since.
    const Sequence cached_until = options.snapshot == nullptr ? at.sequence : 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i % kKeysAhead == 0) {
        prefetch_all(at, keyspace, cached_until > 0, keys.subspan(i), hashes);
      }
      const MemoryAnswer answer =
          look_in_memory(at, keyspace, keys[i], hashes[i % kKeysAhead], cached_until);
      count_answer(answer.kind);
      if (answer.kind == MemoryAnswer::Kind::unknown) {
        if (absent_in_levels(at, keyspace, keys[i], hashes[i % kKeysAhead])) continue;
        missing.push_back(i);
        missing_keys.push_back(keys[i]);
      } else if (answer.kind != MemoryAnswer::Kind::absent) {
        values[i].emplace(answer.stored.value);
      }
    }
    levels = at.view->levels;
    sequence = at.sequence;
  }
  if (missing.empty()) return values;
  const GatePass pass(gate_);
  if (!pass) return closed_error();
  auto rows = levels_->multi_get(keyspace.id, missing_keys, *levels);
  if (!rows) {
    count_read_error(rows.error());
    return std::move(rows).error();
  }
  const bool fill = options.fill_cache && options.snapshot == nullptr;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    const auto stored = view_of((*rows)[i]);
    QUARTZ_ASSIGN(const auto shown, shown_of_levels(keyspace, missing_keys[i], stored));
    if (shown) values[missing[i]].emplace(shown->value);
    if (!fill) continue;
    cache_.fill(keyspace.id, missing_keys[i], hash_key(missing_keys[i], keyspace.id),
                shown ? stored : std::nullopt, sequence);
  }
  return values;
}

std::shared_ptr<const SnapshotState> Engine::snapshot() {
  auto state = std::make_shared<SnapshotState>();
  state->engine = shared_from_this();
  // Ordered before the look at `closed_`: either `close` sees this handle or we see it closed.
  snapshots_open_.fetch_add(1, std::memory_order_seq_cst);
  if (closed_.load(std::memory_order_seq_cst)) return state;
  const EpochGuard guard;
  const ReadPoint at = read_point(nullptr);
  state->view = at.view->shared_from_this();
  state->sequence = at.sequence;
  return state;
}

SnapshotState::~SnapshotState() {
  // Before the engine may release the directory: the view holds the levels open.
  view.reset();
  if (engine) engine->snapshot_closed();
}

void Engine::count_read_error(const Error& error) {
  read_errors_.add();
  log_line(LogLevel::error, fmt::format("read failed: {}", error.to_string()));
}

}  // namespace quartz::storage
