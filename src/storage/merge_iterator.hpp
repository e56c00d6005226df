#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/error.hpp"
#include "storage/levels.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {

/// One keyspace's rows, merged from memtables (newest first) over the levels (oldest): for each key
/// its newest version of at most `at`. In `Tombstones::show` mode removed keys appear too, without
/// a value, for the flush; in `hide` mode they and the ranges removed since are skipped.
///
/// The memtables must outlive it. Threads: one at a time. Cost: a step compares the keys of all
/// sources; with a single source it is that source's own step. Removed ranges cost nothing until a
/// row is met, and then once for each stretch between their bounds.
class MergeIterator {
 public:
  enum class Tombstones : std::uint8_t { hide, show };

  MergeIterator(const std::vector<const Memtable*>& memtables, std::optional<LevelsIterator> levels,
                KeyspaceId keyspace, Sequence at, Tombstones tombstones);

  void seek_to_first();
  void seek_to_last();
  void seek(std::string_view key);
  void seek_for_previous(std::string_view key);
  void next();
  void previous();

  bool valid() const noexcept { return current_ != kNone; }
  std::string_view key() const noexcept { return key_; }
  /// The row's value; nothing for a tombstone.
  std::string_view value() const noexcept { return value_; }
  bool tombstone() const noexcept { return tombstone_; }
  /// Why it stopped, if not at the end. Only the levels can fail.
  std::optional<Error> error() const;

 private:
  struct Source {
    std::optional<Memtable::Iterator> memtable;  // Empty: the levels.
    const Memtable* ranges = nullptr;            // The same, if ranges were removed in it.
    std::optional<RangeStretch> stretch = {};    // Around the key that was asked for last.
    bool valid = false;
    std::string_view key;  // While valid.
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  template <class Move>
  void move(Source& source, Move&& step);
  template <class Move>
  void move_all(Move&& step);
  template <bool kForward>
  void leave_key(std::size_t source);
  template <bool kForward>
  void leave_removed_stretch(std::string_view first, std::string_view last);
  template <bool kForward>
  void settle();
  bool removed_by_range(std::size_t source, std::string_view* first, std::string_view* last);
  const RangeStretch& stretch_around(std::string_view key, Source& source);
  bool load_current(std::size_t source);
  void turn(bool forward);
  void next_of_levels();

  const KeyspaceId keyspace_;
  const Sequence at_;
  std::vector<Source> sources_;  // Newest first; the levels, if any, last.
  std::optional<LevelsIterator> levels_;
  const Tombstones tombstones_;
  bool any_removed_ranges_ = false;
  bool failed_ = false;  // The levels stopped on an error: no row is to be trusted.
  bool forward_ = true;
  bool levels_alone_ = false;    // Going forward, all else has ended, and no removed range is left.
  std::size_t current_ = kNone;  // Source of the current row.
  std::string_view key_;
  std::string_view value_;
  bool tombstone_ = false;
};

}  // namespace quartz::storage
