#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "io/mapping.hpp"
#include "quartz/storage/pinned_value.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

struct RowCacheStatistics {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  std::uint64_t evictions = 0;
};

/// Rows read from the levels, and keys known to be absent there, kept by use: bounded by count and
/// by bytes, resistant to scans (a row that is read once does not push out one that is read again).
///
/// Coherence: a cached row never outlives a newer version. A fill carries the sequence that it was
/// read at; a writer calls `invalidate` with its sequence before that becomes visible; a fill older
/// than an invalidation it could have missed is refused. So a hit is the key's newest version as of
/// any sequence that was visible when the look-up began.
///
/// Threads: any number of all calls at a time. Look-ups take no lock and must be made under an
/// `EpochGuard`, which also covers the bytes they show.
class RowCache {
 public:
  struct Hit {
    bool exists = false;        // False: the key is known to be absent.
    std::string_view value;     // Valid under the epoch guard.
    Sequence read_at = 0;       // Of its fill: the row was the newest then, and is now.
    const void* row = nullptr;  // For `pin`.
  };

  /// A cache of zero rows or bytes never holds anything. Memory is taken as rows come, but for the
  /// address space of the table. Throws std::bad_alloc if the system has none.
  RowCache(std::size_t rows_max, std::size_t bytes_max);
  ~RowCache();
  RowCache(const RowCache&) = delete;
  RowCache& operator=(const RowCache&) = delete;

  /// The row of `key`, if cached by a fill read at `valid_from` or later (older ones were removed
  /// by range since). `key_hash` is `hash_key(key, keyspace)`. Counts as a use.
  std::optional<Hit> find(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                          Sequence valid_from) const noexcept;
  /// Starts to bring near what a `find`, `fill` or `invalidate` of such a key reads first: for
  /// callers that have other work to do before it.
  void prefetch(std::uint64_t key_hash) const noexcept;
  /// The next step: what `find` reads after that. Whether it saw any; a hint, for there may be one
  /// all the same, or one of another key. Under an epoch guard.
  bool prefetch_row(std::uint64_t key_hash) const noexcept;
  /// Keeps a hit's bytes beyond the guard; nothing if the row is being freed already. The
  /// attributes are handed on.
  static std::optional<PinnedValue> pin(const Hit& hit,
                                        const RowAttributes& attributes = {}) noexcept;

  /// Offers a row (nothing: the key is absent) as it was at sequence `read_at`.
  void fill(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
            std::optional<std::string_view> value, Sequence read_at);

  /// Forgets `key`, of which a version with `sequence` is about to become visible, and refuses
  /// fills read before it. Called once for each written key: a few nanoseconds when nothing is
  /// cached.
  void invalidate(KeyspaceId keyspace, std::string_view key, std::uint64_t key_hash,
                  Sequence sequence) noexcept;

  /// Forgets everything.
  void clear();

  RowCacheStatistics statistics() const noexcept;

 private:
  struct Shard;
  Shard& shard_of(std::uint64_t key_hash) const noexcept;

  std::size_t shard_count_ = 0;  // A power of two; zero if the cache never holds anything.
  io::Mapping buckets_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace quartz::storage
