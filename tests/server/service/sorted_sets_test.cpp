#include "server/service/sorted_sets.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/service/service.hpp"
#include "server/service/sorted_set_algebra.hpp"
#include "server/service/sorted_set_ranges.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server::sorted_sets {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Order = SortedSet::Order;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr ScoreRange kAllScores{{-kInfinity}, {kInfinity}};

std::vector<std::pair<double, std::string>> pairs(const std::vector<ScoredMember>& members) {
  std::vector<std::pair<double, std::string>> all;
  for (const ScoredMember& one : members) all.emplace_back(one.score, one.member);
  return all;
}

class SortedSets : public testing::Test {
 protected:
  template <class Operation>
  auto run(Operation operation) {
    return service_->run(*service_->databases().find(0), operation);
  }
  std::uint64_t add(std::string_view key, double score, std::string_view member) {
    const std::array members{std::pair(score, member)};
    return run([&](DatabaseView& view) { return sorted_sets::add(view, key, members); })
        .value()
        .added;
  }
  std::vector<std::pair<double, std::string>> all_of(std::string_view key) {
    return pairs(run([&](DatabaseView& view) {
                   return range(view, key, RankRange{0, -1}, Order::forward);
                 }).value());
  }
  std::size_t element_rows() {
    Cursor rows = engine_.cursor({.keyspace = &service_->databases().find(0)->elements});
    std::size_t count = 0;
    for (rows.seek_to_first(); rows.valid(); rows.next()) ++count;
    return count;
  }

  ScratchDirectory scratch_;
  StorageEngine engine_ = StorageEngine::open(scratch_ / "data").value();
  std::unique_ptr<Service> service_ = Service::open(engine_).value();
};

TEST_F(SortedSets, infinite_scores_are_the_ends) {
  add("z", kInfinity, "last");
  add("z", 0, "middle");
  add("z", -kInfinity, "first");
  EXPECT_THAT(all_of("z"), ElementsAre(std::pair(-kInfinity, "first"), std::pair(0.0, "middle"),
                                       std::pair(kInfinity, "last")));
}

TEST_F(SortedSets, members_of_equal_scores_lie_in_the_order_of_their_bytes) {
  for (const char* member : {"b", "", "\xFF", "a"}) add("z", 0, member);
  add("z", -0.0, "aa");
  EXPECT_THAT(all_of("z"),
              ElementsAre(std::pair(0.0, ""), std::pair(0.0, "a"), std::pair(0.0, "aa"),
                          std::pair(0.0, "b"), std::pair(0.0, "\xFF")));
}

TEST_F(SortedSets, a_sum_that_is_no_number_is_refused_and_changes_nothing) {
  add("z", kInfinity, "a");
  const auto sum = run([](DatabaseView& view) { return increment(view, "z", "a", -kInfinity); });
  EXPECT_THAT(sum, FailsWith(Errc::invalid_argument));
  EXPECT_THAT(all_of("z"), ElementsAre(std::pair(kInfinity, "a")));
}

TEST_F(SortedSets, the_last_member_takes_the_key_and_every_row_with_it) {
  add("z", 1, "a");
  add("z", 2, "b");
  const std::array<std::string_view, 3> members{"a", "b", "c"};
  EXPECT_EQ(run([&](DatabaseView& view) { return remove(view, "z", members); }).value(), 2U);
  EXPECT_EQ(engine_.get("z").value(), std::nullopt);
  EXPECT_EQ(element_rows(), 0U);
}

TEST_F(SortedSets, a_new_score_leaves_no_row_of_the_old_one) {
  add("z", 1, "a");
  const std::size_t rows = element_rows();
  EXPECT_EQ(add("z", 2, "a"), 0U);
  EXPECT_EQ(element_rows(), rows);
  EXPECT_THAT(all_of("z"), ElementsAre(std::pair(2.0, "a")));
}

TEST_F(SortedSets, a_key_of_another_kind_is_refused) {
  ASSERT_TRUE(engine_.put("s", "v"));
  const std::array members{std::pair(1.0, std::string_view("a"))};
  EXPECT_THAT(run([&](DatabaseView& view) { return sorted_sets::add(view, "s", members); }),
              FailsWith(Errc::wrong_kind));
  EXPECT_THAT(run([](DatabaseView& view) { return rank(view, "s", "a", Order::forward); }),
              FailsWith(Errc::wrong_kind));
  const std::array operands{Operand{"s"}};
  EXPECT_THAT(run([&](DatabaseView& view) { return unite(view, operands, Aggregate::sum); }),
              FailsWith(Errc::wrong_kind));
}

TEST_F(SortedSets, a_member_that_is_too_long_is_refused_before_others_are_added) {
  const std::string big(kMemberBytesMax + 1, 'x');
  const std::array members{std::pair(1.0, std::string_view("a")),
                           std::pair(1.0, std::string_view(big))};
  EXPECT_THAT(run([&](DatabaseView& view) { return sorted_sets::add(view, "z", members); }),
              FailsWith(Errc::too_large));
  EXPECT_THAT(all_of("z"), IsEmpty());
}

TEST_F(SortedSets, a_stored_result_replaces_what_the_key_held) {
  ASSERT_TRUE(engine_.put("target", "a string"));
  add("z", 1, "a");
  const std::array operands{Operand{"z", 3}, Operand{"z", 2}, Operand{"none"}};
  ASSERT_TRUE(run([&](DatabaseView& view) -> Result<bool> {
    const auto members = unite(view, operands, Aggregate::sum).value();
    if (const auto stored = store(view, "target", members, "zunionstore"); !stored) {
      return stored.error();
    }
    return true;
  }));
  EXPECT_THAT(all_of("target"), ElementsAre(std::pair(5.0, "a")));
}

TEST_F(SortedSets, members_at_random_are_different_ones_unless_they_may_repeat) {
  for (int i = 0; i < 20; ++i) add("z", i, std::to_string(i));
  for (const std::uint64_t count : {1U, 7U, 20U, 50U}) {
    const auto chosen =
        run([&](DatabaseView& view) { return random(view, "z", count, false); }).value();
    std::set<std::string> different;
    for (const ScoredMember& one : chosen) different.insert(one.member);
    EXPECT_EQ(different.size(), std::min<std::size_t>(count, 20));
    EXPECT_EQ(chosen.size(), different.size());
  }
  EXPECT_THAT(run([](DatabaseView& view) { return random(view, "z", 50, true); }).value(),
              SizeIs(50));
  EXPECT_THAT(run([](DatabaseView& view) { return random(view, "none", 5, true); }).value(),
              IsEmpty());
}

TEST_F(SortedSets, pages_lead_through_all_members_even_an_empty_one) {
  std::set<std::string> expected{""};
  add("z", 1, "");
  for (int i = 0; i < 25; ++i) {
    add("z", i, std::to_string(i));
    expected.insert(std::to_string(i));
  }
  std::multiset<std::string> seen;
  std::string from;
  for (bool more = true; more;) {
    const MemberPage page =
        run([&](DatabaseView& view) { return scan(view, "z", from, 4, std::nullopt); }).value();
    for (const ScoredMember& one : page.members) seen.insert(one.member);
    from = page.next.value_or("");
    more = page.next.has_value();
  }
  EXPECT_EQ(std::vector(seen.begin(), seen.end()), std::vector(expected.begin(), expected.end()));
}

/// What a sorted set should be.
struct Model {
  std::map<std::string, double> scores;

  std::vector<std::pair<double, std::string>> in_order() const {
    std::vector<std::pair<double, std::string>> all;
    for (const auto& [member, score] : scores) all.emplace_back(score, member);
    std::ranges::sort(all);
    return all;
  }
};

class RandomOperations : public SortedSets {
 protected:
  double any_score() {
    constexpr std::array kScores{-kInfinity, -1e300, -2.5, -1.0, 0.0,  1e-300,
                                 0.1,        1.0,    2.0,  3.0,  1e17, kInfinity};
    return kScores.at(random_() % kScores.size());
  }
  std::string any_member() {
    return std::string(random_() % 3, static_cast<char>(random_() % 4 * 85));
  }
  std::int64_t any_rank() { return static_cast<std::int64_t>(random_() % 40) - 20; }

  void change() {
    const std::string member = any_member();
    const double score = any_score();
    switch (random_() % 5) {
      case 0: {
        const std::array<std::string_view, 1> members{member};
        const auto removed =
            run([&](DatabaseView& view) { return remove(view, "z", members); }).value();
        EXPECT_EQ(removed, model_.scores.erase(member));
        break;
      }
      case 1: {
        const auto popped =
            run([](DatabaseView& view) { return pop(view, "z", End::highest, 1); }).value();
        const auto ordered = model_.in_order();
        ASSERT_EQ(popped.size(), ordered.empty() ? 0U : 1U);
        if (ordered.empty()) break;
        EXPECT_EQ(popped[0].member, ordered.back().second);
        model_.scores.erase(popped[0].member);
        break;
      }
      default:
        EXPECT_EQ(add("z", score, member), model_.scores.contains(member) ? 0U : 1U);
        model_.scores[member] = score;
    }
  }

  void compare_ranks() {
    auto ordered = model_.in_order();
    const std::string member = any_member();
    const auto found = std::ranges::find(ordered, member, &std::pair<double, std::string>::second);
    const auto rank_of =
        run([&](DatabaseView& view) { return rank(view, "z", member, Order::forward); }).value();
    ASSERT_EQ(rank_of.has_value(), found != ordered.end());
    if (rank_of) {
      EXPECT_EQ(*rank_of, static_cast<std::uint64_t>(found - ordered.begin()));
    }
    for (const Order order : {Order::forward, Order::reverse}) {
      const RankRange ranks{any_rank(), any_rank()};
      const auto size = static_cast<std::int64_t>(ordered.size());
      const auto first = std::max<std::int64_t>(0, ranks.first + (ranks.first < 0 ? size : 0));
      const auto last = std::min(size - 1, ranks.last + (ranks.last < 0 ? size : 0));
      std::vector<std::pair<double, std::string>> expected;
      for (auto i = first; i <= last; ++i)
        expected.push_back(ordered.at(static_cast<std::size_t>(i)));
      EXPECT_EQ(
          pairs(run([&](DatabaseView& view) { return range(view, "z", ranks, order); }).value()),
          expected);
      std::ranges::reverse(ordered);
    }
  }

  void compare_scores() {
    const ScoreRange scores{{any_score(), random_() % 2 == 0}, {any_score(), random_() % 2 == 0}};
    std::vector<std::pair<double, std::string>> expected;
    for (const auto& one : model_.in_order()) {
      const bool above =
          scores.min.exclusive ? one.first > scores.min.score : one.first >= scores.min.score;
      const bool below =
          scores.max.exclusive ? one.first < scores.max.score : one.first <= scores.max.score;
      if (above && below) expected.push_back(one);
    }
    EXPECT_EQ(run([&](DatabaseView& view) { return count_in(view, "z", scores); }).value(),
              expected.size());
    std::ranges::reverse(expected);
    EXPECT_EQ(pairs(run([&](DatabaseView& view) {
                      return range(view, "z", scores, Order::reverse);
                    }).value()),
              expected);
  }

  void compare_members() {
    const std::string min = any_member();
    const std::string max = any_member();
    const MemberRange members{{MemberBound::Kind::inclusive, min},
                              {MemberBound::Kind::exclusive, max}};
    std::vector<std::string> expected;
    for (const auto& [member, score] : model_.scores) {
      if (member >= min && member < max) expected.push_back(member);
    }
    const auto found =
        run([&](DatabaseView& view) { return range(view, "z", members, Order::forward); }).value();
    std::vector<std::string> names;
    for (const ScoredMember& one : found) {
      names.push_back(one.member);
      EXPECT_EQ(one.score, model_.scores.at(one.member));
    }
    EXPECT_EQ(names, expected);
  }

  std::mt19937 random_{17};
  Model model_;
};

TEST_F(RandomOperations, agree_with_a_map_of_scores) {
  for (int step = 0; step < 1500; ++step) {
    change();
    if (step % 3 == 0) compare_ranks();
    if (step % 3 == 1) compare_scores();
    if (step % 3 == 2) compare_members();
    if (HasFailure()) break;
  }
  EXPECT_EQ(all_of("z"), model_.in_order());
  EXPECT_EQ(element_rows(), 2 * model_.scores.size());
}

TEST_F(RandomOperations, agree_within_one_transaction_that_sees_its_own_writes) {
  Transaction transaction(engine_);
  DatabaseView view = service_->view(transaction, *service_->databases().find(0));
  for (int step = 0; step < 300; ++step) {
    const std::string member = any_member();
    const std::array members{std::pair(any_score(), std::string_view(member))};
    model_.scores[member] = members[0].first;
    ASSERT_TRUE(sorted_sets::add(view, "z", members));
    ASSERT_EQ(pairs(range(view, "z", kAllScores, Order::forward).value()), model_.in_order());
  }
  EXPECT_THAT(all_of("z"), IsEmpty()) << "nobody else sees it";
  ASSERT_TRUE(service_->commit(transaction));
  EXPECT_EQ(all_of("z"), model_.in_order());
}

}  // namespace
}  // namespace quartz::server::sorted_sets
