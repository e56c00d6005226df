#include "storage/range_tombstones.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/random.hpp"

namespace quartz::storage {

inline void PrintTo(const RangeTombstone& range, std::ostream* to) {
  *to << "[" << range.first << ", " << range.last << ")@" << range.sequence;
}

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

using Bound = std::optional<std::string_view>;

auto is_stretch(Bound first, Bound last, Sequence newest) {
  return AllOf(Field(&RangeStretch::first, first), Field(&RangeStretch::last, last),
               Field(&RangeStretch::newest, newest));
}

TEST(RangeTombstones, an_empty_set_covers_nothing) {
  const RangeTombstones ranges;
  EXPECT_EQ(ranges.newest_over("a", kSequenceMax), 0u);
  EXPECT_TRUE(ranges.empty());
  EXPECT_THAT(ranges.stretch("a", kSequenceMax), is_stretch({}, {}, 0));
  EXPECT_THAT(ranges.fragments(kSequenceMax), IsEmpty());
}

TEST(RangeTombstones, a_range_covers_its_first_key_and_not_its_last) {
  RangeTombstones ranges;
  ranges.add({"b", "d", 7});
  EXPECT_EQ(ranges.newest_over("a", kSequenceMax), 0u);
  EXPECT_EQ(ranges.newest_over("azz", kSequenceMax), 0u);
  EXPECT_EQ(ranges.newest_over("b", kSequenceMax), 7u);
  EXPECT_EQ(ranges.newest_over("czz", kSequenceMax), 7u);
  EXPECT_EQ(ranges.newest_over("d", kSequenceMax), 0u);
  EXPECT_EQ(ranges.newest_over("e", kSequenceMax), 0u);
}

TEST(RangeTombstones, a_range_from_the_empty_key_covers_it) {
  RangeTombstones ranges;
  ranges.add({"", "b", 3});
  EXPECT_EQ(ranges.newest_over("", kSequenceMax), 3u);
  EXPECT_FALSE(ranges.empty());
  EXPECT_THAT(ranges.stretch("", kSequenceMax), is_stretch("", "b", 3));
  EXPECT_THAT(ranges.stretch("b", kSequenceMax), is_stretch("b", {}, 0));
}

TEST(RangeTombstones, a_range_covers_nothing_before_its_sequence) {
  RangeTombstones ranges;
  ranges.add({"a", "z", 10});
  EXPECT_EQ(ranges.newest_over("m", 9), 0u);
  EXPECT_EQ(ranges.newest_over("m", 10), 10u);
  EXPECT_THAT(ranges.stretch("m", 9), is_stretch("a", "z", 0));
  EXPECT_THAT(ranges.fragments(9), IsEmpty());
}

TEST(RangeTombstones, ranges_that_hold_nothing_are_ignored) {
  RangeTombstones ranges;
  ranges.add({"b", "b", 1});
  ranges.add({"c", "a", 2});
  EXPECT_EQ(ranges.newest_over("b", kSequenceMax), 0u);
  EXPECT_THAT(ranges.fragments(kSequenceMax), IsEmpty());
}

TEST(RangeTombstones, overlapping_ranges_are_cut_where_they_meet) {
  RangeTombstones ranges;
  ranges.add({"a", "m", 1});
  ranges.add({"g", "z", 2});
  EXPECT_THAT(ranges.fragments(kSequenceMax),
              ElementsAre(RangeTombstone{"a", "g", 1}, RangeTombstone{"g", "z", 2}));
  EXPECT_THAT(ranges.fragments(1), ElementsAre(RangeTombstone{"a", "m", 1}));
  EXPECT_EQ(ranges.newest_over("h", kSequenceMax), 2u);
  EXPECT_EQ(ranges.newest_over("h", 1), 1u);
  EXPECT_THAT(ranges.stretch("", kSequenceMax), is_stretch({}, "a", 0));
  EXPECT_THAT(ranges.stretch("h", kSequenceMax), is_stretch("g", "m", 2));
  EXPECT_THAT(ranges.stretch("n", kSequenceMax), is_stretch("m", "z", 2));
}

TEST(RangeTombstones, a_nested_newer_range_shows_within_the_older) {
  RangeTombstones ranges;
  ranges.add({"a", "z", 1});
  ranges.add({"j", "k", 5});
  EXPECT_THAT(ranges.fragments(kSequenceMax),
              ElementsAre(RangeTombstone{"a", "j", 1}, RangeTombstone{"j", "k", 5},
                          RangeTombstone{"k", "z", 1}));
}

TEST(RangeTombstones, a_wider_newer_range_hides_the_older) {
  RangeTombstones ranges;
  ranges.add({"j", "k", 1});
  ranges.add({"a", "z", 5});
  EXPECT_THAT(ranges.fragments(kSequenceMax), ElementsAre(RangeTombstone{"a", "z", 5}));
  EXPECT_THAT(ranges.fragments(4), ElementsAre(RangeTombstone{"j", "k", 1}));
}

TEST(RangeTombstones, adjacent_ranges_leave_no_gap_and_stay_apart) {
  RangeTombstones ranges;
  ranges.add({"a", "b", 1});
  ranges.add({"b", "c", 2});
  EXPECT_EQ(ranges.newest_over("b", 1), 0u);
  EXPECT_EQ(ranges.newest_over("b", 2), 2u);
  EXPECT_THAT(ranges.fragments(kSequenceMax),
              ElementsAre(RangeTombstone{"a", "b", 1}, RangeTombstone{"b", "c", 2}));
}

TEST(RangeTombstones, the_same_range_again_keeps_its_older_sequences) {
  RangeTombstones ranges;
  for (Sequence sequence = 1; sequence <= 20; ++sequence) {
    ranges.add({"a", "b", sequence * 10});
  }
  EXPECT_EQ(ranges.newest_over("a", 9), 0u);
  for (Sequence at = 10; at <= 200; ++at) {
    EXPECT_EQ(ranges.newest_over("a", at), at / 10 * 10);
  }
  EXPECT_THAT(ranges.fragments(55), ElementsAre(RangeTombstone{"a", "b", 50}));
}

TEST(RangeTombstones, a_queue_trimmed_from_its_front_many_times_stays_cheap) {
  // All ranges begin at the same key and overlap: a list per fragment would hold 50 million
  // entries.
  RangeTombstones ranges;
  std::deque<std::string> ends;
  for (Sequence sequence = 1; sequence <= 10000; ++sequence) {
    ends.push_back("item" + std::to_string(100000 + sequence));
    ranges.add({"", ends.back(), sequence});
  }
  EXPECT_EQ(ranges.newest_over("item100001", 5000), 5000u);
  EXPECT_EQ(ranges.newest_over("item107000", 5000), 0u);
  EXPECT_EQ(ranges.newest_over("item107000", 8000), 8000u);
  EXPECT_THAT(ranges.fragments(777), ElementsAre(RangeTombstone{"", "item100777", 777}));
}

// Random ranges over short keys beside a plain list of them.
class RandomRanges : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  RandomRanges() {
    Random random(GetParam());
    for (Sequence sequence = 1; sequence <= 300; ++sequence) {
      keys_.push_back(key(random));
      keys_.push_back(key(random));
      const RangeTombstone range{keys_[keys_.size() - 2], keys_.back(), sequence};
      ranges_.add(range);
      list_.push_back(range);
    }
  }
  static std::string key(Random& random) {
    std::string key;
    for (std::uint64_t i = random.below(4); i > 0; --i) {
      key += static_cast<char>('a' + random.below(5));
    }
    return key;
  }
  Sequence newest_over(std::string_view key, Sequence at) const {
    Sequence newest = 0;
    for (const RangeTombstone& range : list_) {
      if (range.first <= key && key < range.last && range.sequence <= at) {
        newest = range.sequence;
      }
    }
    return newest;
  }

  std::deque<std::string> keys_;
  RangeTombstones ranges_;
  std::vector<RangeTombstone> list_;
};

TEST_P(RandomRanges, cover_what_a_list_of_them_covers) {
  Random random(GetParam() + 100);
  for (int i = 0; i < 3000; ++i) {
    const std::string wanted = key(random);
    const Sequence at = random.below(310);
    EXPECT_EQ(ranges_.newest_over(wanted, at), newest_over(wanted, at)) << wanted << " at " << at;
  }
}

TEST_P(RandomRanges, show_stretches_around_keys_within_which_the_answer_is_one) {
  Random random(GetParam() + 200);
  for (int i = 0; i < 1000; ++i) {
    const std::string wanted = key(random);
    const Sequence at = random.below(310);
    const RangeStretch stretch = ranges_.stretch(wanted, at);
    EXPECT_EQ(stretch.newest, newest_over(wanted, at));
    EXPECT_TRUE(stretch.contains(wanted));
    if (stretch.newest != 0) {
      EXPECT_TRUE(stretch.first && stretch.last);
    }
    for (const std::string& other : keys_) {
      if (stretch.contains(other)) {
        EXPECT_EQ(newest_over(other, at), stretch.newest);
      }
    }
  }
}

TEST_P(RandomRanges, make_disjoint_ordered_fragments_that_cover_the_same) {
  for (const Sequence at : {Sequence{50}, Sequence{151}, kSequenceMax}) {
    const std::vector<RangeTombstone> fragments = ranges_.fragments(at);
    for (std::size_t i = 0; i < fragments.size(); ++i) {
      EXPECT_LT(fragments[i].first, fragments[i].last);
      if (i > 0) {
        EXPECT_LE(fragments[i - 1].last, fragments[i].first);
      }
    }
    Random random(GetParam() + 300);
    for (int i = 0; i < 500; ++i) {
      const std::string wanted = key(random);
      Sequence covered = 0;
      for (const RangeTombstone& fragment : fragments) {
        if (fragment.first <= wanted && wanted < fragment.last) {
          covered = fragment.sequence;
        }
      }
      EXPECT_EQ(covered, newest_over(wanted, at));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRanges, ::testing::Values(1u, 2u, 3u));

TEST(RangeTombstones, readers_beside_the_writer_see_every_range_up_to_their_sequence) {
  constexpr Sequence kRanges = 2000;
  std::deque<std::string> keys;
  for (Sequence i = 0; i <= kRanges; ++i) {
    keys.push_back(std::to_string(10000 + i));
  }
  RangeTombstones ranges;
  std::atomic<Sequence> published{0};
  std::thread reader([&] {
    Random random(4);
    while (published.load(std::memory_order_acquire) < kRanges) {
      const Sequence at = published.load(std::memory_order_acquire);
      if (at > 0) {
        const Sequence wanted = 1 + random.below(at);
        // Range i covers the keys i - 1 and i.
        ASSERT_EQ(ranges.newest_over(keys[wanted - 1], wanted), wanted);
        ASSERT_EQ(ranges.stretch(keys[wanted - 1], wanted).newest, wanted);
      }
    }
  });
  for (Sequence i = 1; i <= kRanges; ++i) {
    ranges.add({keys[i - 1], keys[std::min(i + 1, kRanges)], i});
    published.store(i, std::memory_order_release);
  }
  reader.join();
  drain_retired();
}

}  // namespace
}  // namespace quartz::storage
