#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "storage/arena.hpp"
#include "storage/radix_tree_node.hpp"

namespace quartz::storage {

/// An ordered map from keys to their versions: an adaptive radix tree over operations that lie
/// elsewhere. Paths are compressed (a node skips the bytes that all its keys share) and expanded
/// late (a key hangs at the first byte that tells it from its neighbours). Keys are any bytes, up
/// to `kKeyBytesMax`; one may be the beginning of another.
///
/// All memory is in an arena that outlives the tree, as the operations must.
/// Threads: one writer; any number of readers beside it, without locks. A reader sees every version
/// whose insertion happened before its call, and possibly newer ones.
class RadixTree {
 public:
  /// Adds a version that lives as long as the tree, newer than any of its key in there; its
  /// `previous` becomes the one it follows, or null if the key is new. `key_hash` is the one that
  /// look-ups of the key will bring. Throws std::bad_alloc, leaving the tree as it was.
  void insert(Arena& arena, Version& version, std::uint64_t key_hash);

  static constexpr std::size_t kApproachedMax = 16;
  /// Brings near what `insert` of these, at most `kApproachedMax`, will read. Their paths are
  /// walked side by side, so that the cache misses of all of them are under way at once. Writer.
  void approach(std::span<const Version> versions) const noexcept;

  /// The newest version of `key` of at most `at`, or null.
  const Version* find(std::string_view key, std::uint64_t key_hash, Sequence at) const noexcept;

  class Iterator;

 private:
  AtomicSlot root_{};
};

/// How many bytes `a` and `b` have in common at their beginning.
std::size_t common_prefix_bytes(std::string_view a, std::string_view b) noexcept;

}  // namespace quartz::storage
