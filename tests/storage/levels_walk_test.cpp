#include "storage/levels_walk.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_status.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using Map = std::map<std::string, std::string>;

// Rows of a map, of which [bad_first, bad_last) cannot be read.
struct Damaged {
  Map rows;
  std::string bad_first;
  std::string bad_last;
};

class DamagedIterator final : public rocksdb::Iterator {
 public:
  explicit DamagedIterator(const Damaged& of) : of_(of), at_(of.rows.end()) {}

  bool Valid() const override { return status_.ok() && at_ != of_.rows.end(); }
  void SeekToFirst() override { arrive(of_.rows.begin()); }
  void SeekToLast() override { std::abort(); }
  void Seek(const rocksdb::Slice& target) override {
    arrive(of_.rows.lower_bound(target.ToString()));
  }
  void SeekForPrev(const rocksdb::Slice&) override { std::abort(); }
  void Next() override { arrive(std::next(at_)); }
  void Prev() override { std::abort(); }
  rocksdb::Slice key() const override { return at_->first; }
  rocksdb::Slice value() const override { return at_->second; }
  rocksdb::Status status() const override { return status_; }

 private:
  void arrive(Map::const_iterator at) {
    at_ = at;
    if (at_ != of_.rows.end() && at_->first >= of_.bad_first && at_->first < of_.bad_last) {
      status_ = rocksdb::Status::Corruption("bad block");
    }
  }

  const Damaged& of_;
  Map::const_iterator at_;
  rocksdb::Status status_;
};

struct Walked {
  std::set<std::string> keys;
  std::vector<KeyRange> gaps;
  int errors = 0;
};

Walked walk(const Damaged& source, const KeyRange& range = {}, bool knows_its_end = true) {
  Walked result;
  RowWalk walk;
  walk.open = [&] { return std::make_unique<DamagedIterator>(source); };
  walk.row = [&](std::string_view key, std::string_view) {
    EXPECT_TRUE(result.keys.emplace(key).second) << key << " came twice";
    return Result<void>();
  };
  walk.damaged = [&](const rocksdb::Status&) -> std::optional<std::string> {
    ++result.errors;
    if (!knows_its_end) return std::nullopt;
    return source.rows.rbegin()->first;
  };
  walk.skipped = [&](const KeyRange& gap) {
    result.gaps.push_back(gap);
    return Result<void>();
  };
  walk_rows(walk, range).value();
  return result;
}

Map numbered_rows(int count) {
  Map rows;
  for (int i = 0; i < count; ++i) rows["row" + std::to_string(1'000'000 + i)] = "v";
  return rows;
}

TEST(LevelsWalk, visits_all_rows_of_a_whole_source) {
  const Walked seen = walk({numbered_rows(1000), "", ""});
  EXPECT_EQ(seen.keys.size(), 1000u);
  EXPECT_EQ(seen.errors, 0);
  EXPECT_TRUE(seen.gaps.empty());
}

TEST(LevelsWalk, keeps_within_its_range) {
  const Walked seen = walk({{{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}, "", ""}, {"b", "d"});
  EXPECT_EQ(seen.keys, (std::set<std::string>{"b", "c"}));
}

TEST(LevelsWalk, loses_exactly_the_damaged_rows) {
  const Walked seen = walk({numbered_rows(1000), "row1000300", "row1000400"});
  EXPECT_EQ(seen.keys.size(), 900u);
  EXPECT_EQ(seen.errors, 1);
  ASSERT_EQ(seen.gaps.size(), 1u);
  // Reading resumes at the first key that can be, or just behind the last that cannot.
  EXPECT_GT(*seen.gaps[0].last, "row1000399");
  EXPECT_LE(*seen.gaps[0].last, "row1000400");
}

TEST(LevelsWalk, loses_exactly_the_damaged_rows_at_either_end) {
  EXPECT_EQ(walk({numbered_rows(1000), "row1000000", "row1000100"}).keys.size(), 900u);
  EXPECT_EQ(walk({numbered_rows(1000), "row1000900", "row1001000"}).keys.size(), 900u);
}

TEST(LevelsWalk, steps_over_damage_between_keys_of_any_bytes) {
  using std::string_literals::operator""s;
  const Map rows{{"", ""},  {"\0"s, ""},       {"\0\0"s, ""},
                 {"a", ""}, {"a\xff\xff", ""}, {"\xff\xff", ""}};
  const Walked seen = walk({rows, "\0\0"s, "a\xff"});
  EXPECT_EQ(seen.keys, (std::set<std::string>{"", "\0"s, "a\xff\xff", "\xff\xff"}));
}

TEST(LevelsWalk, gives_up_where_nothing_behind_can_be_read) {
  const Walked seen = walk({numbered_rows(10), "row1000004", "s"});
  EXPECT_EQ(seen.keys.size(), 4u);
  ASSERT_FALSE(seen.gaps.empty());
}

TEST(LevelsWalk, gives_up_where_the_damaged_file_is_not_known) {
  const Walked seen = walk({numbered_rows(10), "row1000004", "row1000005"}, {}, false);
  EXPECT_EQ(seen.keys.size(), 4u);
  ASSERT_EQ(seen.gaps.size(), 1u);
  EXPECT_EQ(seen.gaps[0].last, std::nullopt);
}

TEST(LevelsWalk, passes_an_error_of_the_visitor_on) {
  const Damaged source{numbered_rows(10), "", ""};
  RowWalk walk;
  walk.open = [&] { return std::make_unique<DamagedIterator>(source); };
  walk.row = [](std::string_view, std::string_view) {
    return Result<void>(Error(Errc::no_space, "full"));
  };
  EXPECT_THAT(walk_rows(walk, {}), FailsWith(Errc::no_space, "full"));
}

}  // namespace
}  // namespace quartz::storage
