#include "storage/levels_walk.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/try.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

// The smallest key behind `key`.
std::string successor(std::string_view key) { return std::string(key).append(1, '\0'); }

bool before_end(const KeyRange& range, std::string_view key) {
  return !range.last || key < *range.last;
}

bool readable(const RowWalk& walk, const std::string& key) {
  const auto rows = walk.open();
  rows->Seek(to_slice(key));
  return rows->status().ok();
}

// Eight bytes of `key` behind its first `prefix`, as a number; where keys end, zeros follow.
std::uint64_t number_behind(std::string_view key, std::size_t prefix) {
  std::uint64_t number = 0;
  for (std::size_t i = prefix; i < prefix + 8; ++i) {
    number = number << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0u);
  }
  return number;
}

std::string key_of(std::string_view prefix, std::uint64_t number) {
  std::string key(prefix);
  for (int shift = 56; shift >= 0; shift -= 8) key.push_back(static_cast<char>(number >> shift));
  return key;
}

// Eight-byte numbers between which reading works again: `good` does, or stands for the end.
struct Gap {
  std::uint64_t unreadable;
  std::uint64_t good;
};

// Doubles the step away from where reading failed, so that the nearest end of the damage is found
// and not that of damage further on.
void step_out(const RowWalk& walk, const std::string& prefix, Gap& gap) {
  const std::uint64_t from = gap.unreadable;
  const std::uint64_t width = gap.good - from;
  for (std::uint64_t step = 1; step < width; step *= 2) {
    if (readable(walk, key_of(prefix, from + step))) {
      gap.good = from + step;
      return;
    }
    gap.unreadable = from + step;
    if (step > width / 2) return;  // Doubling it could wrap.
  }
}

void narrow(const RowWalk& walk, const std::string& prefix, Gap& gap) {
  while (gap.good - gap.unreadable > 1) {
    const std::uint64_t middle = gap.unreadable + (gap.good - gap.unreadable) / 2;
    (readable(walk, key_of(prefix, middle)) ? gap.good : gap.unreadable) = middle;
  }
}

// A key in (bad, end] from which reading works again, close to the first such; nothing if even
// `end` cannot be read. Where a block ends is not known from outside, so keys in between are tried:
// read as numbers of eight bytes behind what the two have in common, then of the eight bytes after
// those, as long as that helps.
std::optional<std::string> resume_behind(const RowWalk& walk, const std::string& bad,
                                         const std::string& end) {
  constexpr int kRounds = 4;
  if (!readable(walk, end)) return std::nullopt;
  const auto differ = std::mismatch(bad.begin(), bad.end(), end.begin(), end.end()).first;
  std::string prefix(bad.begin(), differ);
  Gap gap{number_behind(bad, prefix.size()), number_behind(end, prefix.size())};
  std::string resume = end;
  bool at_bad = true;  // Whether `prefix` is the beginning of `bad`; candidates must lie behind it.
  for (int round = 0; round < kRounds; ++round) {
    const Gap before = gap;
    if (round == 0) step_out(walk, prefix, gap);
    narrow(walk, prefix, gap);
    if (gap.good != before.good) resume = key_of(prefix, gap.good);
    at_bad = at_bad && gap.unreadable == before.unreadable;
    prefix = key_of(prefix, gap.unreadable);
    gap.unreadable = at_bad ? number_behind(bad, prefix.size()) : 0;
    gap.good = std::numeric_limits<std::uint64_t>::max();
  }
  return resume;
}

// Visits rows until the end or an error of the iterator, and leaves `range` at what is still to be
// visited.
Result<rocksdb::Status> visit_readable(const RowWalk& walk, KeyRange& range) {
  const auto rows = walk.open();
  for (rows->Seek(to_slice(range.first)); rows->Valid(); rows->Next()) {
    const std::string_view key = to_view(rows->key());
    if (!before_end(range, key)) return rocksdb::Status::OK();
    QUARTZ_TRY(walk.row(key, to_view(rows->value())));
    range.first = successor(key);
  }
  return rows->status();
}

}  // namespace

Result<void> walk_rows(const RowWalk& walk, KeyRange range) {
  while (true) {
    QUARTZ_ASSIGN(const rocksdb::Status status, visit_readable(walk, range));
    if (status.ok()) return {};
    const std::optional<std::string> largest = walk.damaged(status);
    std::optional<std::string> resume;
    // Strictly forward, or the walk would never end.
    if (largest && *largest >= range.first) {
      resume = resume_behind(walk, range.first, successor(*largest));
    }
    if (!resume || !before_end(range, *resume)) return walk.skipped(range);
    QUARTZ_TRY(walk.skipped({range.first, resume}));
    range.first.swap(*resume);
  }
}

}  // namespace quartz::storage
