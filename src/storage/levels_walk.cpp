#include "storage/levels_walk.hpp"

#include <algorithm>
#include <cstdint>
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

// A key in (bad, end] from which reading works again, close to the first such; nothing if even
// `end` cannot be read. Where a block ends is not known from outside, so keys between the two are
// tried, read as fractions: steps double until one is readable, then bisection narrows the gap.
std::optional<std::string> resume_behind(const RowWalk& walk, const std::string& bad,
                                         const std::string& end) {
  if (!readable(walk, end)) return std::nullopt;
  const auto differ = std::mismatch(bad.begin(), bad.end(), end.begin(), end.end()).first;
  const std::string_view prefix(bad.data(), static_cast<std::size_t>(differ - bad.begin()));
  const std::uint64_t from = number_behind(bad, prefix.size());
  const std::uint64_t last = number_behind(end, prefix.size());
  std::uint64_t unreadable = from;
  std::uint64_t good = last;
  for (std::uint64_t step = 1; step < last - from; step *= 2) {
    if (readable(walk, key_of(prefix, from + step))) {
      good = from + step;
      break;
    }
    unreadable = from + step;
    if (step > (last - from) / 2) break;  // Doubling could wrap.
  }
  if (good == last) return end;
  while (good - unreadable > 1) {
    const std::uint64_t middle = unreadable + (good - unreadable) / 2;
    (readable(walk, key_of(prefix, middle)) ? good : unreadable) = middle;
  }
  return key_of(prefix, good);
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
    QUARTZ_TRY(walk.skipped({range.first, *resume}));
    range.first = *std::move(resume);
  }
}

}  // namespace quartz::storage
