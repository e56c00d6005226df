#include "storage/memtable.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "storage/memtable_table.hpp"
#include "storage/stored_operations.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Memtable, knows_nothing_while_empty) {
  const Table table;
  EXPECT_EQ(table.find("a"), "(none)");
  EXPECT_EQ(table->first_sequence(), 0u);
  EXPECT_EQ(table->last_sequence(), 0u);
  EXPECT_EQ(table->entry_count(), 0u);
  EXPECT_THAT(table->keyspaces(), IsEmpty());
  EXPECT_THAT(rows(table, kSequenceMax), IsEmpty());
  EXPECT_THAT(table->range_tombstones(0, kSequenceMax), IsEmpty());
  EXPECT_FALSE(table->has_range_tombstones(0));
  EXPECT_EQ(table->range_stretch(0, "a", kSequenceMax).newest, 0u);
  EXPECT_EQ(table->range_tombstone_over(0, "a", kSequenceMax), 0u);
}

TEST(Memtable, shows_the_newest_value_and_older_ones_to_older_sequences) {
  Table table;
  const Sequence first = table.put("k", "1");
  const Sequence second = table.put("k", "2");
  EXPECT_EQ(table.find("k"), "2");
  EXPECT_EQ(table.find("k", second), "2");
  EXPECT_EQ(table.find("k", first), "1");
  EXPECT_EQ(table.find("k", first - 1), "(none)");
}

TEST(Memtable, a_removed_key_is_a_tombstone_and_not_unknown) {
  Table table;
  const Sequence put = table.put("k", "1");
  const Sequence removed = table.remove("k");
  const Sequence again = table.put("k", "2");
  EXPECT_EQ(table.find("k", put), "1");
  EXPECT_EQ(table.find("k", removed), "(removed)");
  EXPECT_EQ(table.find("k", again), "2");
}

TEST(Memtable, removing_a_key_it_never_had_is_a_tombstone_too) {
  Table table;
  table.remove("k");
  EXPECT_EQ(table.find("k"), "(removed)");
  EXPECT_THAT(rows(table, kSequenceMax), ElementsAre("k=(removed)"));
}

TEST(Memtable, an_empty_value_is_a_value) {
  Table table;
  table.put("k", "");
  EXPECT_EQ(table.find("k"), "");
}

TEST(Memtable, values_point_into_the_operation) {
  StoredOperations operations;
  const OperationView put = operations.put("key", "value");
  const MemtableRef memtable = MemtableRef::adopt(new Memtable(operations.segment()));
  memtable->insert(1, put);
  EXPECT_EQ(memtable->find(0, "key", hash_key("key", 0), 1).value.data(), put.value().data());
}

TEST(Memtable, takes_the_hash_from_a_caller_who_has_it) {
  StoredOperations operations;
  const MemtableRef memtable = MemtableRef::adopt(new Memtable(operations.segment()));
  memtable->insert(1, operations.put("key", "value", 3), hash_key("key", 3));
  EXPECT_EQ(memtable->find(3, "key", hash_key("key", 3), 1).value, "value");
}

TEST(Memtable, keeps_the_segment_it_was_made_over) {
  auto segment = std::make_shared<LogSegment>();
  const std::weak_ptr<LogSegment> watched = segment;
  MemtableRef memtable = MemtableRef::adopt(new Memtable(std::move(segment)));
  EXPECT_EQ(memtable->segment(), watched.lock());
  memtable = MemtableRef();
  drain_retired();
  EXPECT_TRUE(watched.expired());
}

TEST(Memtable, counts_its_operations_and_knows_their_sequences) {
  StoredOperations operations;
  const MemtableRef memtable = MemtableRef::adopt(new Memtable(operations.segment()));
  memtable->insert(100, operations.put("a", "1"));
  memtable->insert(101, operations.put("a", "2"));
  memtable->insert(105, operations.remove_range("x", "y"));
  EXPECT_EQ(memtable->first_sequence(), 100u);
  EXPECT_EQ(memtable->last_sequence(), 105u);
  EXPECT_EQ(memtable->entry_count(), 3u);
}

TEST(Memtable, a_small_one_takes_little_memory_and_a_large_one_more) {
  Table table;
  table.put("a", "1");
  EXPECT_LE(table->index_bytes(), 128u * 1024);
  for (int i = 0; i < 20000; ++i) {
    table.put(std::to_string(i), "");
  }
  EXPECT_GE(table->index_bytes(), 20000u * sizeof(Version));
}

TEST(MemtableKeyspaces, hold_the_same_keys_apart) {
  Table table;
  table.put("k", "zero", 0);
  table.put("k", "one", 1);
  table.remove("k", 2);
  EXPECT_EQ(table.find("k", kSequenceMax, 0), "zero");
  EXPECT_EQ(table.find("k", kSequenceMax, 1), "one");
  EXPECT_EQ(table.find("k", kSequenceMax, 2), "(removed)");
  EXPECT_EQ(table.find("k", kSequenceMax, 3), "(none)");
  EXPECT_THAT(rows(table, kSequenceMax, 1), ElementsAre("k=one"));
  EXPECT_THAT(rows(table, kSequenceMax, 3), IsEmpty());
}

TEST(MemtableKeyspaces, may_have_any_number_up_to_the_last) {
  Table table;
  for (const KeyspaceId id : {kKeyspaceIdMax, 1023u, 1024u, 0u, 500000u}) {
    table.put("id", std::to_string(id), id);
  }
  EXPECT_EQ(kKeyspaceIdMax, 1048575u);
  for (const KeyspaceId id : {0u, 1023u, 1024u, 500000u, kKeyspaceIdMax}) {
    EXPECT_EQ(table.find("id", kSequenceMax, id), std::to_string(id));
  }
  EXPECT_EQ(table.find("id", kSequenceMax, kKeyspaceIdMax - 1), "(none)");
  EXPECT_THAT(table->keyspaces(), ElementsAre(0u, 1023u, 1024u, 500000u, kKeyspaceIdMax));
}

TEST(MemtableKeyspaces, are_listed_even_if_only_a_range_was_removed_there) {
  Table table;
  table.remove_range("a", "b", 9);
  EXPECT_THAT(table->keyspaces(), ElementsAre(9u));
}

TEST(MemtableKeyspaces, have_range_tombstones_of_their_own) {
  Table table;
  table.put("k", "one", 1);
  table.put("k", "two", 2);
  table.remove_range("a", "z", 1);
  EXPECT_EQ(table.find("k", kSequenceMax, 1), "(removed)");
  EXPECT_EQ(table.find("k", kSequenceMax, 2), "two");
}

TEST(MemtableKeyspacesDeathTest, beyond_the_last_are_a_programmer_error) {
  const Table table;
  EXPECT_DEATH(table.find("k", kSequenceMax, kKeyspaceIdMax + 1), "kKeyspaceIdMax");
}

TEST(MemtableRanges, hide_older_versions_and_not_newer_ones) {
  Table table;
  const Sequence old_value = table.put("k", "old");
  const Sequence removed = table.remove_range("a", "z");
  const Sequence new_value = table.put("k", "new");
  EXPECT_EQ(table.find("k", old_value), "old");
  EXPECT_EQ(table.find("k", removed), "(removed)");
  EXPECT_EQ(table.find("k", new_value), "new");
}

TEST(MemtableRanges, answer_for_keys_without_any_version) {
  // What lies in older memtables and in the levels is removed as well.
  Table table;
  const Sequence before = table.put("unrelated", "1");
  table.remove_range("a", "m");
  EXPECT_EQ(table.find("b"), "(removed)");
  EXPECT_EQ(table.find("b", before), "(none)");
  EXPECT_EQ(table.find("m"), "(none)");
}

TEST(MemtableRanges, a_version_above_the_sequence_does_not_shield_a_key_from_the_range) {
  Table table;
  const Sequence removed = table.remove_range("a", "z");
  table.put("k", "later");
  EXPECT_EQ(table.find("k", removed), "(removed)");
}

TEST(MemtableRanges, are_shown_with_sequence_and_bounds) {
  Table table;
  const Sequence wide = table.remove_range("a", "z");
  const Sequence narrow = table.remove_range("j", "k");
  EXPECT_EQ(table->range_tombstone_over(0, "j", kSequenceMax), narrow);
  EXPECT_EQ(table->range_tombstone_over(0, "j", wide), wide);
  EXPECT_TRUE(table->has_range_tombstones(0));
  EXPECT_FALSE(table->has_range_tombstones(1));
  const RangeStretch stretch = table->range_stretch(0, "b", kSequenceMax);
  EXPECT_EQ(stretch.first, "a");
  EXPECT_EQ(stretch.last, "j");
  EXPECT_EQ(stretch.newest, wide);
  EXPECT_EQ(table->range_tombstones(0, kSequenceMax).size(), 3u);
  EXPECT_EQ(table->range_tombstones(0, wide).size(), 1u);
}

TEST(MemtableRanges, are_not_applied_by_iterators) {
  Table table;
  table.put("k", "1");
  table.remove_range("a", "z");
  EXPECT_THAT(rows(table, kSequenceMax), ElementsAre("k=1"));
}

TEST(MemtableIterator, shows_each_key_once_with_its_version_at_the_sequence) {
  Table table;
  table.put("a", "1");
  table.put("b", "1");
  const Sequence at = table.put("a", "2");
  table.put("a", "3");
  table.remove("b");
  table.put("c", "1");
  EXPECT_THAT(rows(table, at), ElementsAre("a=2", "b=1"));
  EXPECT_THAT(rows(table, kSequenceMax), ElementsAre("a=3", "b=(removed)", "c=1"));
}

TEST(MemtableIterator, tells_the_sequence_of_the_version_it_shows) {
  Table table;
  const Sequence first = table.put("a", "1");
  const Sequence second = table.put("a", "2");
  for (const Sequence at : {first, second}) {
    Memtable::Iterator it(*table, 0, at);
    it.seek_to_first();
    EXPECT_EQ(it.sequence(), at);
  }
}

TEST(MemtableIterator, skips_newer_keys_in_both_directions) {
  Table table;
  table.put("b", "1");
  table.put("d", "1");
  const Sequence at = table.put("f", "1");
  for (const char* later : {"a", "c", "e", "g"}) {
    table.put(later, "2");
  }
  Memtable::Iterator it(*table, 0, at);
  it.seek_to_first();
  EXPECT_EQ(shown(it), "b=1");
  it.next();
  EXPECT_EQ(shown(it), "d=1");
  it.previous();
  EXPECT_EQ(shown(it), "b=1");
  it.previous();
  EXPECT_EQ(shown(it), "(end)");
  it.seek_to_last();
  EXPECT_EQ(shown(it), "f=1");
  it.next();
  EXPECT_EQ(shown(it), "(end)");
  it.seek("c");
  EXPECT_EQ(shown(it), "d=1");
  it.seek("g");
  EXPECT_EQ(shown(it), "(end)");
  it.seek_for_previous("e");
  EXPECT_EQ(shown(it), "d=1");
  it.seek_for_previous("a");
  EXPECT_EQ(shown(it), "(end)");
}

TEST(MemtableIterator, made_before_its_keyspace_stays_empty) {
  Table table;
  Memtable::Iterator it(*table, 5, kSequenceMax);
  table.put("a", "1", 5);
  it.seek_to_first();
  EXPECT_FALSE(it.valid());
}

TEST(MemtableReferences, the_last_one_retires_the_memtable) {
  auto segment = std::make_shared<LogSegment>();
  const std::weak_ptr<LogSegment> watched = segment;
  MemtableRef first = MemtableRef::adopt(new Memtable(std::move(segment)));
  MemtableRef second = first;
  first = MemtableRef();
  drain_retired();
  EXPECT_FALSE(watched.expired());
  MemtableRef moved = std::move(second);
  second = MemtableRef();
  drain_retired();
  EXPECT_FALSE(watched.expired());
  moved = MemtableRef();
  drain_retired();
  EXPECT_TRUE(watched.expired());
}

TEST(MemtableReferences, cannot_be_taken_again_after_the_last) {
  MemtableRef only = MemtableRef::adopt(new Memtable(nullptr));
  const Memtable* bare = only.get();
  const EpochGuard guard;
  EXPECT_TRUE(bare->try_retain());
  bare->release();
  only = MemtableRef();
  EXPECT_FALSE(bare->try_retain());  // Still there to be asked, thanks to the guard.
}

TEST(MemtableReferences, a_guard_keeps_a_released_memtable_readable) {
  StoredOperations operations;
  MemtableRef only = MemtableRef::adopt(new Memtable(operations.segment()));
  only->insert(1, operations.put("k", "v"));
  only->insert(2, operations.remove_range("x", "z"));
  const Memtable* bare = only.get();
  {
    const EpochGuard guard;
    only = MemtableRef();
    reclaim_retired();
    EXPECT_EQ(bare->find(0, "k", hash_key("k", 0), 2).value, "v");
    EXPECT_EQ(bare->find(0, "y", hash_key("y", 0), 2).kind, MemtableHit::Kind::tombstone);
  }
  drain_retired();
}

// Random operations beside a plain model that keeps every version.
// Without removed ranges, look-ups are answered by hash.
class RandomOperations : public ::testing::TestWithParam<std::tuple<std::uint64_t, bool>> {
 protected:
  static constexpr KeyspaceId kKeyspaces = 3;

  RandomOperations() : random_(std::get<0>(GetParam())) {
    for (int i = 0; i < 3000; ++i) {
      apply_one();
    }
  }
  void apply_one() {
    const auto keyspace = static_cast<KeyspaceId>(random_.below(kKeyspaces));
    const std::string key = make_key();
    if (std::get<1>(GetParam()) && random_.one_in(60)) {
      const std::string last = make_key();
      const Sequence sequence = table_.remove_range(key, last, keyspace);
      ranges_.push_back({keyspace, key, last, sequence});
    } else if (random_.one_in(5)) {
      versions_[{keyspace, key}][table_.remove(key, keyspace)] = "(removed)";
    } else {
      const std::string value = std::to_string(random_.below(1000));
      versions_[{keyspace, key}][table_.put(key, value, keyspace)] = value;
    }
  }
  std::string make_key() {
    std::string key = random_.one_in(2) ? "" : "a long beginning in common/";
    for (std::uint64_t i = random_.below(5); i > 0; --i) {
      key += "\0\1az\xfe\xff"[random_.below(6)];
    }
    return key;
  }
  // The newest version of a key, ranges not applied; its sequence is 0 if there is none.
  std::pair<Sequence, std::string> version(KeyspaceId keyspace, const std::string& key,
                                           Sequence at) const {
    const auto found = versions_.find({keyspace, key});
    if (found == versions_.end()) {
      return {0, "(none)"};
    }
    const auto above = found->second.upper_bound(at);
    if (above == found->second.begin()) {
      return {0, "(none)"};
    }
    return *std::prev(above);
  }
  std::string expected(KeyspaceId keyspace, const std::string& key, Sequence at) const {
    auto [newest, value] = version(keyspace, key, at);
    for (const Range& range : ranges_) {
      if (range.keyspace == keyspace && range.first <= key && key < range.last &&
          range.sequence <= at && range.sequence > newest) {
        value = "(removed)";
      }
    }
    return value;
  }
  std::map<std::string, std::string> visible(KeyspaceId keyspace, Sequence at) const {
    std::map<std::string, std::string> rows;
    for (const auto& [place, versions] : versions_) {
      if (place.first == keyspace && versions.begin()->first <= at) {
        rows[place.second] = version(keyspace, place.second, at).second;
      }
    }
    return rows;
  }
  Sequence random_sequence() { return random_.below(table_->last_sequence() + 2); }

  struct Range {
    KeyspaceId keyspace;
    std::string first;
    std::string last;
    Sequence sequence;
  };
  Random random_;
  Table table_;
  std::map<std::pair<KeyspaceId, std::string>, std::map<Sequence, std::string>> versions_;
  std::vector<Range> ranges_;
};

TEST_P(RandomOperations, are_found_at_every_sequence) {
  for (int i = 0; i < 5000; ++i) {
    const auto keyspace = static_cast<KeyspaceId>(random_.below(kKeyspaces));
    const std::string key = make_key();
    const Sequence at = random_sequence();
    ASSERT_EQ(table_.find(key, at, keyspace), expected(keyspace, key, at))
        << ::testing::PrintToString(key) << " at " << at;
  }
}

TEST_P(RandomOperations, are_iterated_in_order_at_every_sequence) {
  for (int i = 0; i < 20; ++i) {
    const auto keyspace = static_cast<KeyspaceId>(random_.below(kKeyspaces));
    const Sequence at = random_sequence();
    const auto rows = visible(keyspace, at);
    Memtable::Iterator it(*table_, keyspace, at);
    it.seek_to_first();
    for (const auto& [key, value] : rows) {
      ASSERT_EQ(shown(it), key + "=" + value);
      it.next();
    }
    ASSERT_FALSE(it.valid());
    it.seek_to_last();
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      ASSERT_EQ(shown(it), row->first + "=" + row->second);
      it.previous();
    }
    ASSERT_FALSE(it.valid());
  }
}

TEST_P(RandomOperations, are_met_by_seeks_and_walks_in_both_directions) {
  for (int i = 0; i < 30; ++i) {
    const auto keyspace = static_cast<KeyspaceId>(random_.below(kKeyspaces));
    const Sequence at = random_sequence();
    const auto rows = visible(keyspace, at);
    Memtable::Iterator it(*table_, keyspace, at);
    for (int walk = 0; walk < 50; ++walk) {
      const std::string start = make_key();
      const bool up = random_.one_in(2);
      auto row = up ? rows.lower_bound(start) : rows.upper_bound(start);
      if (up) {
        it.seek(start);
      } else {
        it.seek_for_previous(start);
        row = row == rows.begin() ? rows.end() : std::prev(row);
      }
      for (int step = 0; step < 20 && row != rows.end(); ++step) {
        ASSERT_EQ(shown(it), row->first + "=" + row->second);
        if (random_.one_in(2)) {
          it.next();
          ++row;
        } else {
          it.previous();
          row = row == rows.begin() ? rows.end() : std::prev(row);
        }
      }
      if (row == rows.end()) {
        ASSERT_FALSE(it.valid());
      }
    }
  }
}

TEST_P(RandomOperations, leave_older_sequences_as_they_were) {
  std::vector<std::pair<std::string, std::string>> before;
  const Sequence at = table_->last_sequence();
  for (int i = 0; i < 300; ++i) {
    const std::string key = make_key();
    before.emplace_back(key, table_.find(key, at));
  }
  for (int i = 0; i < 2000; ++i) {
    apply_one();
  }
  for (const auto& [key, value] : before) {
    ASSERT_EQ(table_.find(key, at), value);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomOperations,
                         ::testing::Combine(::testing::Values(11u, 12u, 13u, 14u),
                                            ::testing::Bool()));

}  // namespace
}  // namespace quartz::storage
