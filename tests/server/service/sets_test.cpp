#include "server/service/sets.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/service/database_fixture.hpp"
#include "server/service/random_members.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using SetModel = std::set<std::string>;
using SetModels = std::map<std::string, SetModel>;

class Sets : public DatabaseFixture {
 protected:
  static SetModel read_all(DatabaseView& view, std::string_view key) {
    SetModel members;
    ElementRange range = sets::all(view, key).value();
    for (; range.valid(); range.next()) members.emplace(range.key());
    EXPECT_THAT(range.finish(), Succeeds());
    return members;
  }
  void add(std::string_view key, const std::vector<std::string_view>& members) {
    ASSERT_THAT(run([&](DatabaseView& view) { return sets::add(view, key, members); }), Succeeds());
  }
  void add_numbered(std::string_view key, std::uint64_t count) {
    std::vector<std::string> members;
    members.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) members.push_back(numbered_key(i));
    add(key, {members.begin(), members.end()});
  }
  static std::vector<std::string> in_order(const SetModel& model) {
    return {model.begin(), model.end()};
  }

  static void check_combined(DatabaseView& view, SetModels& models, Random& random) {
    const std::array keys{any_key(random), any_key(random)};
    const SetModel& first = models[keys[0]];
    const SetModel& second = models[keys[1]];
    std::vector<std::string> expected;
    std::ranges::set_intersection(first, second, std::back_inserter(expected));
    const std::vector<std::string_view> words(keys.begin(), keys.end());
    EXPECT_EQ(sets::intersection(view, words).value(), expected);
    EXPECT_EQ(sets::intersection(view, words, 2).value().size(),
              std::min<std::size_t>(2, expected.size()));
    expected.clear();
    std::ranges::set_union(first, second, std::back_inserter(expected));
    EXPECT_EQ(sets::united(view, words).value(), expected);
    expected.clear();
    std::ranges::set_difference(first, second, std::back_inserter(expected));
    EXPECT_EQ(sets::difference(view, words).value(), expected);
  }

  static void step(DatabaseView& view, SetModels& models, Random& random) {
    const std::string key = any_key(random);
    const std::string other = any_key(random);
    const std::string member = std::to_string(random.below(30));
    const std::string second = std::to_string(random.below(30));
    SetModel& model = models[key];
    switch (random.below(6)) {
      case 0:
      case 1: {
        const std::size_t before = model.size();
        model.insert({member, second});
        const std::vector<std::string_view> members{member, second, member};
        EXPECT_EQ(sets::add(view, key, members).value(), model.size() - before);
        break;
      }
      case 2: {
        const std::vector<std::string_view> members{member, member};
        EXPECT_EQ(sets::remove(view, key, members).value(), model.erase(member));
        break;
      }
      case 3: {
        const bool held = model.erase(member) != 0;
        if (held) models[other].insert(member);
        EXPECT_EQ(sets::move(view, key, other, member).value(), held);
        break;
      }
      case 4: {
        const std::uint64_t count = random.below(3);
        const auto popped = sets::pop(view, key, count).value();
        EXPECT_EQ(popped.size(), std::min<std::size_t>(count, model.size()));
        for (const std::string& one : popped) EXPECT_EQ(model.erase(one), 1u);
        break;
      }
      default:
        EXPECT_EQ(sets::contains(view, key, member).value(), model.contains(member));
        EXPECT_THAT(sets::replace(view, other, in_order(model), "sunionstore"), Succeeds());
        models[other] = SetModel(model);
    }
    EXPECT_EQ(sets::count(view, key).value(), models[key].size());
  }

 private:
  static std::string any_key(Random& random) { return "s" + std::to_string(random.below(3)); }
};

TEST_F(Sets, random_operations_leave_what_they_leave_of_standard_sets) {
  Random random(21);
  SetModels models;
  for (int round = 0; round < 300; ++round) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    SetModels changed = models;
    const std::uint64_t steps = 1 + random.below(12);
    for (std::uint64_t i = 0; i < steps; ++i) step(view, changed, random);
    check_combined(view, changed, random);
    for (const auto& [key, model] : changed) ASSERT_EQ(read_all(view, key), model) << round;
    if (random.one_in(4)) continue;
    ASSERT_THAT(service().commit(transaction), Succeeds());
    models = changed;
    if (random.one_in(50)) reopen();
  }
}

TEST_F(Sets, emptied_sets_leave_no_rows) {
  add_numbered("a", 40);
  add("b", {"x"});
  ASSERT_THAT(run([](DatabaseView& view) { return sets::pop(view, "a", 40); }), Succeeds());
  const std::vector<std::string_view> x{"x"};
  ASSERT_THAT(run([&](DatabaseView& view) { return sets::move(view, "b", "c", "x"); }), Succeeds());
  ASSERT_THAT(run([&](DatabaseView& view) { return sets::remove(view, "c", x); }), Succeeds());
  EXPECT_EQ(element_rows(), 0u);
  EXPECT_THAT(keys_of(engine()), IsEmpty());
}

TEST_F(Sets, operations_on_several_refuse_any_of_another_kind) {
  add("a", {"1"});
  ASSERT_THAT(engine().put("text", "t"), Succeeds());
  const std::vector<std::string_view> keys{"absent", "a", "text"};
  EXPECT_THAT(run([&](DatabaseView& view) { return sets::intersection(view, keys); }),
              FailsWith(Errc::wrong_kind));
  EXPECT_THAT(run([&](DatabaseView& view) { return sets::united(view, keys); }),
              FailsWith(Errc::wrong_kind));
  EXPECT_THAT(run([&](DatabaseView& view) { return sets::difference(view, keys); }),
              FailsWith(Errc::wrong_kind));
  EXPECT_THAT(run([](DatabaseView& view) { return sets::move(view, "a", "text", "1"); }),
              FailsWith(Errc::wrong_kind));
}

TEST_F(Sets, what_replaces_a_key_of_any_kind_may_be_made_of_itself) {
  add("a", {"1", "2"});
  const std::vector<std::string_view> itself{"a", "a"};
  const auto store = [&](DatabaseView& view) -> Result<bool> {
    const auto members = sets::united(view, itself);
    if (!members) return members.error();
    const auto replaced = sets::replace(view, "a", *members, "sunionstore");
    if (!replaced) return replaced.error();
    return true;
  };
  ASSERT_THAT(run(store), Succeeds());
  const auto all = run([&](DatabaseView& view) { return sets::united(view, itself); });
  EXPECT_THAT(all.value(), ElementsAre("1", "2"));
  EXPECT_EQ(element_rows(), 2u);
}

TEST_F(Sets, any_member_of_a_small_set_is_as_likely_as_the_others) {
  add("a", {"a", "aa", "b", "zzz"});
  std::map<std::string, int> drawn;
  constexpr std::uint64_t kDraws = 8000;
  constexpr double kExpected = 2000;
  const auto members = run([](DatabaseView& view) {
    return members::pick(view, RowKind::set, "a", kDraws, members::Repeats::allowed);
  });
  for (const auto& member : members.value()) ++drawn[member.member];
  EXPECT_EQ(drawn.size(), 4u);
  // Twelve standard deviations.
  for (const auto& [member, count] : drawn) EXPECT_NEAR(count, kExpected, 470) << member;
}

TEST_F(Sets, members_of_a_large_set_are_drawn_all_over_it) {
  constexpr std::uint64_t kSize = 5000;
  add_numbered("a", kSize);
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  const CollectionHead head = view.find_head(RowKind::set, "a").value().value();
  SetModel seen;
  std::array<int, 10> tenths{};
  for (int i = 0; i < 500; ++i) {
    const auto drawn = members::pick_repeatedly(view, head, 1).value();
    ASSERT_EQ(drawn.size(), 1u);
    seen.insert(drawn[0].member);
    EXPECT_TRUE(sets::contains(view, "a", drawn[0].member).value());
    ++tenths.at(std::stoull(drawn[0].member.substr(3)) * 10 / kSize);
  }
  EXPECT_GT(seen.size(), 400u);
  for (const int tenth : tenths) EXPECT_GT(tenth, 10);
}

TEST_F(Sets, different_members_are_drawn_where_most_are_unlikely) {
  std::vector<std::string> members;
  members.reserve(2006);
  for (int i = 0; i < 2000; ++i) members.push_back("common beginning " + std::to_string(i));
  for (const char* other : {"", "\x01", "a", "z", "\xFF", "\xFF\xFF"}) members.emplace_back(other);
  add("a", {members.begin(), members.end()});
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  const CollectionHead head = view.find_head(RowKind::set, "a").value().value();
  ASSERT_EQ(head.count, members.size());
  for (const std::uint64_t count : {1u, 7u, 100u, 125u, 126u, 2005u, 2006u, 9999u}) {
    const auto drawn = members::pick_different(view, head, count).value();
    SetModel seen;
    for (const auto& member : drawn) {
      seen.insert(member.member);
      EXPECT_TRUE(sets::contains(view, "a", member.member).value());
    }
    EXPECT_EQ(seen.size(), std::min<std::uint64_t>(count, members.size()));
    EXPECT_EQ(drawn.size(), seen.size());
  }
}

}  // namespace
}  // namespace quartz::server
