#include "storage/merge_iterator.hpp"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "storage/stored_operations.hpp"
#include "support/small_engine.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Tombstones = MergeIterator::Tombstones;

// Memtables, the last of which is the newest, and the sequences to number their operations.
class Memtables {
 public:
  Memtables() { begin(); }
  // What follows goes to a new memtable.
  void begin() { memtables_.push_back(MemtableRef::adopt(new Memtable(operations_.segment()))); }
  Sequence put(std::string_view key, std::string_view value, KeyspaceId keyspace = 0) {
    memtables_.back()->insert(++sequence_, operations_.put(key, value, keyspace));
    return sequence_;
  }
  Sequence remove(std::string_view key) {
    memtables_.back()->insert(++sequence_, operations_.remove(key));
    return sequence_;
  }
  Sequence remove_range(std::string_view first, std::string_view last) {
    memtables_.back()->insert(++sequence_, operations_.remove_range(first, last));
    return sequence_;
  }
  MergeIterator iterator(Sequence at = kSequenceMax, Tombstones tombstones = Tombstones::hide,
                         KeyspaceId keyspace = 0) const {
    std::vector<const Memtable*> newest_first;
    for (auto it = memtables_.rbegin(); it != memtables_.rend(); ++it) {
      newest_first.push_back(it->get());
    }
    return {newest_first, std::nullopt, keyspace, at, tombstones};
  }
  Sequence sequence() const { return sequence_; }

 private:
  StoredOperations operations_;
  std::vector<MemtableRef> memtables_;
  Sequence sequence_ = 0;
};

// "key=value", "key!" for a tombstone.
std::vector<std::string> forward(MergeIterator rows) {
  std::vector<std::string> seen;
  for (rows.seek_to_first(); rows.valid(); rows.next()) {
    seen.push_back(std::string(rows.key()) +
                   (rows.tombstone() ? "!" : "=" + std::string(rows.value())));
  }
  return seen;
}

std::vector<std::string> backward(MergeIterator rows) {
  std::vector<std::string> seen;
  for (rows.seek_to_last(); rows.valid(); rows.previous()) {
    seen.push_back(std::string(rows.key()) +
                   (rows.tombstone() ? "!" : "=" + std::string(rows.value())));
  }
  return seen;
}

TEST(MergeIterator, over_nothing_is_never_valid) {
  const Memtables memtables;
  EXPECT_THAT(forward(memtables.iterator()), IsEmpty());
  EXPECT_THAT(backward(memtables.iterator()), IsEmpty());
  MergeIterator rows({}, std::nullopt, 0, kSequenceMax, Tombstones::hide);
  rows.seek("a");
  EXPECT_FALSE(rows.valid());
  EXPECT_FALSE(rows.error().has_value());
}

TEST(MergeIterator, interleaves_its_sources_in_key_order) {
  Memtables memtables;
  memtables.put("a", "1");
  memtables.put("d", "1");
  memtables.begin();
  memtables.put("b", "2");
  memtables.put("e", "2");
  memtables.begin();
  memtables.put("c", "3");
  EXPECT_THAT(forward(memtables.iterator()), ElementsAre("a=1", "b=2", "c=3", "d=1", "e=2"));
  EXPECT_THAT(backward(memtables.iterator()), ElementsAre("e=2", "d=1", "c=3", "b=2", "a=1"));
}

TEST(MergeIterator, shows_the_newest_source_of_a_key_once) {
  Memtables memtables;
  memtables.put("a", "old");
  memtables.put("b", "old");
  memtables.begin();
  memtables.put("a", "newer");
  memtables.begin();
  memtables.put("a", "newest");
  EXPECT_THAT(forward(memtables.iterator()), ElementsAre("a=newest", "b=old"));
  EXPECT_THAT(backward(memtables.iterator()), ElementsAre("b=old", "a=newest"));
}

TEST(MergeIterator, a_tombstone_hides_older_sources_or_is_shown) {
  Memtables memtables;
  memtables.put("a", "old");
  memtables.put("b", "old");
  memtables.begin();
  memtables.remove("a");
  memtables.remove("c");
  EXPECT_THAT(forward(memtables.iterator()), ElementsAre("b=old"));
  EXPECT_THAT(backward(memtables.iterator()), ElementsAre("b=old"));
  EXPECT_THAT(forward(memtables.iterator(kSequenceMax, Tombstones::show)),
              ElementsAre("a!", "b=old", "c!"));
}

TEST(MergeIterator, sees_no_version_that_is_newer_than_its_sequence) {
  Memtables memtables;
  const Sequence first = memtables.put("a", "1");
  const Sequence second = memtables.put("a", "2");
  memtables.begin();
  const Sequence third = memtables.remove("a");
  memtables.put("b", "4");
  EXPECT_THAT(forward(memtables.iterator(0)), IsEmpty());
  EXPECT_THAT(forward(memtables.iterator(first)), ElementsAre("a=1"));
  EXPECT_THAT(forward(memtables.iterator(second)), ElementsAre("a=2"));
  EXPECT_THAT(forward(memtables.iterator(third)), IsEmpty());
  EXPECT_THAT(forward(memtables.iterator()), ElementsAre("b=4"));
}

TEST(MergeIterator, a_removed_range_hides_what_is_older_and_not_what_is_newer) {
  Memtables memtables;
  memtables.put("a", "old");
  memtables.put("b", "old");
  memtables.put("d", "old");
  memtables.begin();
  memtables.put("c", "same memtable, before");
  memtables.remove_range("a", "d");
  memtables.put("b", "same memtable, after");
  memtables.begin();
  memtables.put("a", "newer memtable");
  EXPECT_THAT(forward(memtables.iterator()),
              ElementsAre("a=newer memtable", "b=same memtable, after", "d=old"));
  EXPECT_THAT(backward(memtables.iterator()),
              ElementsAre("d=old", "b=same memtable, after", "a=newer memtable"));
  // A flush shows it in the same way: the range itself goes into the table beside the rows.
  EXPECT_THAT(forward(memtables.iterator(kSequenceMax, Tombstones::show)),
              ElementsAre("a=newer memtable", "b=same memtable, after", "d=old"));
}

TEST(MergeIterator, a_removed_range_newer_than_its_sequence_hides_nothing) {
  Memtables memtables;
  const Sequence before = memtables.put("a", "1");
  memtables.remove_range("a", "z");
  EXPECT_THAT(forward(memtables.iterator(before)), ElementsAre("a=1"));
  EXPECT_THAT(forward(memtables.iterator()), IsEmpty());
}

TEST(MergeIterator, keeps_to_its_keyspace) {
  Memtables memtables;
  memtables.put("a", "default");
  memtables.put("a", "of seven", 7);
  memtables.put("b", "of seven", 7);
  EXPECT_THAT(forward(memtables.iterator()), ElementsAre("a=default"));
  EXPECT_THAT(forward(memtables.iterator(kSequenceMax, Tombstones::hide, 7)),
              ElementsAre("a=of seven", "b=of seven"));
  EXPECT_THAT(forward(memtables.iterator(kSequenceMax, Tombstones::hide, 8)), IsEmpty());
}

TEST(MergeIterator, seeks_both_ways_across_hidden_rows) {
  Memtables memtables;
  for (const char* key : {"a", "b", "c", "d", "e"}) memtables.put(key, "1");
  memtables.begin();
  memtables.remove("b");
  memtables.remove_range("c", "d\x01");
  MergeIterator rows = memtables.iterator();
  rows.seek("b");
  ASSERT_TRUE(rows.valid());
  EXPECT_EQ(rows.key(), "e");
  rows.seek_for_previous("d");
  ASSERT_TRUE(rows.valid());
  EXPECT_EQ(rows.key(), "a");
  rows.seek_for_previous("0");
  EXPECT_FALSE(rows.valid());
  rows.seek("f");
  EXPECT_FALSE(rows.valid());
}

TEST(MergeIterator, walks_like_a_map_in_any_mixture_of_sources_and_directions) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    Memtables memtables;
    std::map<std::string, std::string> model;
    for (int i = 0; i < 300; ++i) {
      if (random.one_in(60)) memtables.begin();
      const std::string key = numbered_key(random.below(60));
      const std::uint64_t choice = random.below(10);
      if (choice == 0) {
        const std::string last = numbered_key(random.below(62));
        if (last <= key) continue;
        memtables.remove_range(key, last);
        model.erase(model.lower_bound(key), model.lower_bound(last));
      } else if (choice <= 3) {
        memtables.remove(key);
        model.erase(key);
      } else {
        memtables.put(key, std::to_string(i));
        model[key] = std::to_string(i);
      }
    }
    MergeIterator rows = memtables.iterator();
    auto at = model.end();
    for (int step = 0; step < 300; ++step) {
      const std::string key = numbered_key(random.below(62));
      const std::uint64_t choice = random.below(12);
      if (choice == 0) {
        rows.seek(key);
        at = model.lower_bound(key);
      } else if (choice == 1) {
        rows.seek_for_previous(key);
        at = model.upper_bound(key);
        at = at == model.begin() ? model.end() : std::prev(at);
      } else if (!rows.valid()) {
        rows.seek_to_first();
        at = model.begin();
      } else if (choice % 2 == 0) {
        rows.next();
        ++at;
      } else {
        rows.previous();
        at = at == model.begin() ? model.end() : std::prev(at);
      }
      ASSERT_EQ(rows.valid(), at != model.end()) << "step " << step;
      if (!rows.valid()) continue;
      ASSERT_EQ(rows.key(), at->first) << "step " << step;
      ASSERT_EQ(rows.value(), at->second) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace quartz::storage
