#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "quartz/storage/read_set.hpp"
#include "storage/engine.hpp"
#include "storage/read_key.hpp"

namespace quartz::storage {

// Before the append lock is taken: under it, everybody would wait for the cache misses of one.
void Engine::prefetch_reads(const ReadSet& reads) const {
  const EpochGuard guard;
  if (closed() || reads.as_of() == visible_sequence()) return;
  const EngineView& view = *view_.load(std::memory_order_acquire);
  const auto each = [&](const auto& visit) {
    all_of_keys(reads, [&](ReadKeyView key) {
      visit(*view.active, key.hash());
      for (const MemtableRef& memtable : view.older) {
        if (memtable->last_sequence() <= reads.as_of()) break;
        visit(*memtable, key.hash());
      }
      return true;
    });
  };
  each([](const Memtable& memtable, std::uint64_t hash) { memtable.prefetch(hash); });
  each([](const Memtable& memtable, std::uint64_t hash) { memtable.prefetch_operation(hash); });
}

Result<void> Engine::check_unchanged_locked(const ReadSet& reads) const {
  for (const Keyspace& keyspace : reads.keyspaces()) QUARTZ_TRY(check_keyspace(keyspace.state()));
  const Sequence as_of = reads.as_of();
  if (as_of >= next_sequence_) {
    return Error(
        Errc::invalid_argument,
        fmt::format("{}: the read set is of sequence {}, which this engine has not come to",
                    directory_.string(), as_of));
  }
  // Nothing at all was written since.
  if (as_of + 1 == next_sequence_) return {};
  if (reads.size() == 0) return {};
  const EpochGuard guard;
  const EngineView& view = *view_.load(std::memory_order_acquire);
  if (as_of < view.complete_after) {
    return Error(Errc::conflict,
                 fmt::format("{}: writes after sequence {} have left memory, so that nobody knows "
                             "whether what was read has been written since; read again and retry",
                             directory_.string(), as_of));
  }
  const bool unchanged = all_of_keys(reads, [&](ReadKeyView key) {
    const auto written = [&](const Memtable& memtable) {
      return memtable.written_after(as_of, key.keyspace(), key.key(), key.hash());
    };
    if (written(*view.active)) return false;
    for (const MemtableRef& memtable : view.older) {
      if (memtable->last_sequence() <= as_of) break;  // As are those behind it.
      if (written(*memtable)) return false;
    }
    return true;
  });
  if (unchanged) return {};
  return Error(Errc::conflict, fmt::format("{}: something that was read as of sequence {} has been "
                                           "written since; read again and retry",
                                           directory_.string(), as_of));
}

Result<void> Engine::check_unchanged(const ReadSet& reads) {
  prefetch_reads(reads);
  MutexLock lock(append_mutex_);
  QUARTZ_TRY(check_writable_locked());
  return check_unchanged_locked(reads);
}

}  // namespace quartz::storage
