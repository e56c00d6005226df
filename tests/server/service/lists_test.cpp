#include "server/service/lists.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/service/database_fixture.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using lists::End;
using testing::ElementsAre;
using testing::IsEmpty;

using ListModel = std::deque<std::string>;
using ListModels = std::map<std::string, ListModel>;

class Lists : public DatabaseFixture {
 protected:
  static ListModel read(DatabaseView& view, std::string_view key, std::int64_t first = 0,
                        std::int64_t last = -1) {
    ListModel values;
    ElementRange range = lists::range(view, key, first, last).value();
    for (; range.valid(); range.next()) values.emplace_back(range.value());
    EXPECT_THAT(range.finish(), Succeeds());
    return values;
  }
  ListModel read(std::string_view key) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    return read(view, key);
  }
  void push(std::string_view key, const std::vector<std::string_view>& values) {
    ASSERT_THAT(run([&](DatabaseView& view) { return lists::push(view, key, End::right, values); }),
                Succeeds());
  }

  static End any_end(Random& random) { return random.one_in(2) ? End::left : End::right; }
  static std::string take(ListModel& model, End end) {
    std::string value = end == End::left ? model.front() : model.back();
    end == End::left ? model.pop_front() : model.pop_back();
    return value;
  }
  static void give(ListModel& model, End end, const std::string& value) {
    end == End::left ? model.push_front(value) : model.push_back(value);
  }

  static void push_step(DatabaseView& view, ListModel& model, const std::string& key,
                        Random& random) {
    const End end = any_end(random);
    const std::string value = std::to_string(random.below(6));
    give(model, end, value);
    give(model, end, "");
    const std::vector<std::string_view> values{value, ""};
    EXPECT_EQ(lists::push(view, key, end, values).value(), model.size());
  }

  static void pop_step(DatabaseView& view, ListModel& model, const std::string& key,
                       Random& random) {
    const End end = any_end(random);
    const std::uint64_t count = random.below(4);
    const auto popped = lists::pop(view, key, end, count).value();
    ASSERT_EQ(popped.has_value(), !model.empty());
    if (!popped) return;
    std::vector<std::string> expected;
    while (expected.size() < count && !model.empty()) expected.push_back(take(model, end));
    EXPECT_EQ(*popped, expected);
  }

  static void move_step(DatabaseView& view, ListModels& models, const std::string& key,
                        Random& random) {
    const std::string other = "l" + std::to_string(random.below(2));
    const End from = any_end(random);
    const End to = any_end(random);
    const auto moved = lists::move(view, key, from, other, to).value();
    ASSERT_EQ(moved.has_value(), !models[key].empty());
    if (!moved) return;
    const std::string value = take(models[key], from);
    give(models[other], to, value);
    EXPECT_EQ(*moved, value);
  }

  static void insert_step(DatabaseView& view, ListModel& model, const std::string& key,
                          Random& random) {
    const std::string pivot = std::to_string(random.below(6));
    const bool after = random.one_in(2);
    const std::int64_t length =
        lists::insert(view, key, after ? lists::Side::after : lists::Side::before, pivot, "new")
            .value();
    const auto found = std::ranges::find(model, pivot);
    if (model.empty()) {
      EXPECT_EQ(length, 0);
    } else if (found == model.end()) {
      EXPECT_EQ(length, -1);
    } else {
      model.insert(after ? found + 1 : found, "new");
      EXPECT_EQ(length, static_cast<std::int64_t>(model.size()));
    }
  }

  static void remove_step(DatabaseView& view, ListModel& model, const std::string& key,
                          Random& random) {
    const std::string value = random.one_in(3) ? "" : std::to_string(random.below(6));
    const End from = any_end(random);
    const std::uint64_t count_max = 1 + random.below(4);
    std::uint64_t removed = 0;
    if (from == End::right) std::ranges::reverse(model);
    ListModel kept;
    for (const std::string& one : model) {
      if (removed < count_max && one == value) {
        ++removed;
      } else {
        kept.push_back(one);
      }
    }
    if (from == End::right) std::ranges::reverse(kept);
    model = kept;
    EXPECT_EQ(lists::remove(view, key, value, from, count_max).value(), removed);
  }

  static void trim_step(DatabaseView& view, ListModel& model, const std::string& key,
                        Random& random) {
    const auto cut = static_cast<std::int64_t>(random.below(3));
    const auto end = static_cast<std::int64_t>(random.below(3));
    EXPECT_THAT(lists::trim(view, key, cut, -1 - end), Succeeds());
    for (std::int64_t i = 0; i < cut && !model.empty(); ++i) model.pop_front();
    for (std::int64_t i = 0; i < end && !model.empty(); ++i) model.pop_back();
  }

  static void look(DatabaseView& view, const ListModel& model, const std::string& key,
                   Random& random) {
    EXPECT_EQ(lists::count(view, key).value(), model.size());
    const auto size = static_cast<std::int64_t>(model.size());
    const std::int64_t position = static_cast<std::int64_t>(random.below(12)) - 6;
    const auto row = lists::at(view, key, position).value();
    const std::int64_t from_front = position < 0 ? position + size : position;
    ASSERT_EQ(row.has_value(), from_front >= 0 && from_front < size);
    if (row) {
      EXPECT_EQ(row->value, model.at(static_cast<std::size_t>(from_front)));
    }
    EXPECT_EQ(read(view, key), model);
  }

  static void step(DatabaseView& view, ListModels& models, Random& random) {
    const std::string key = "l" + std::to_string(random.below(2));
    ListModel& model = models[key];
    switch (random.below(8)) {
      case 0:
      case 1:
      case 2:
        push_step(view, model, key, random);
        break;
      case 3:
        pop_step(view, model, key, random);
        break;
      case 4:
        move_step(view, models, key, random);
        break;
      case 5:
        insert_step(view, model, key, random);
        break;
      case 6:
        remove_step(view, model, key, random);
        break;
      default:
        if (random.one_in(2)) {
          trim_step(view, model, key, random);
        } else if (!model.empty()) {
          EXPECT_THAT(lists::set(view, key, -1, "set"), Succeeds());
          model.back() = "set";
        }
    }
    look(view, model, key, random);
  }
};

TEST_F(Lists, random_operations_leave_what_they_leave_of_a_deque) {
  Random random(22);
  ListModels models;
  for (int round = 0; round < 400; ++round) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    ListModels changed = models;
    const std::uint64_t steps = 1 + random.below(12);
    for (std::uint64_t i = 0; i < steps; ++i) step(view, changed, random);
    ASSERT_FALSE(HasFailure()) << "round " << round;
    if (random.one_in(4)) continue;
    ASSERT_THAT(service().commit(transaction), Succeeds());
    models = changed;
    std::size_t values = 0;
    for (const auto& [key, model] : models) {
      values += model.size();
      ASSERT_EQ(read(key), model) << "round " << round;
    }
    ASSERT_EQ(element_rows(), values) << "round " << round;
    if (random.one_in(50)) reopen();
  }
}

TEST_F(Lists, an_insertion_moves_the_side_that_has_fewer) {
  push("l", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  const auto writes_of = [&](std::string_view pivot) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    EXPECT_EQ(lists::insert(view, "l", lists::Side::after, pivot, "new").value(), 11);
    return transaction.writes().all().size();
  };
  EXPECT_EQ(writes_of("0"), 1 + 2u);  // The head, the new one, and the one before it.
  EXPECT_EQ(writes_of("9"), 1 + 1u);
  EXPECT_EQ(writes_of("7"), 1 + 3u);
}

TEST_F(Lists, a_removal_moves_the_side_that_has_fewer) {
  push("l", {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
  const auto writes_of = [&](std::string_view value) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    EXPECT_EQ(lists::remove(view, "l", value, End::left, 1).value(), 1u);
    return transaction.writes().all().size();
  };
  EXPECT_EQ(writes_of("1"), 1 + 2u);  // The head, the one that moves, and the one that goes.
  EXPECT_EQ(writes_of("8"), 1 + 2u);
  EXPECT_EQ(writes_of("0"), 1 + 1u);
}

TEST_F(Lists, positions_are_told_in_the_order_in_which_they_are_found) {
  push("l", {"a", "b", "a", "c", "a"});
  const auto positions = [&](const lists::Search& search) {
    return run([&](DatabaseView& view) { return lists::positions(view, "l", "a", search); })
        .value();
  };
  EXPECT_THAT(positions({}), ElementsAre(0u));
  EXPECT_THAT(positions({.count_max = 9}), ElementsAre(0u, 2u, 4u));
  EXPECT_THAT(positions({.count_max = 9, .from = End::right}), ElementsAre(4u, 2u, 0u));
  EXPECT_THAT(positions({.skip = 1, .count_max = 1, .from = End::right}), ElementsAre(2u));
  EXPECT_THAT(positions({.count_max = 9, .compared_max = 3}), ElementsAre(0u, 2u));
  EXPECT_THAT(positions({.skip = 3, .count_max = 9}), IsEmpty());
}

TEST_F(Lists, a_look_at_a_position_is_a_promise_about_all_of_the_list) {
  push("l", {"a", "b"});
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  EXPECT_EQ(lists::at(view, "l", 0).value()->value, "a");
  push("l", {"c"});
  EXPECT_THAT(service().commit(transaction), FailsWith(Errc::conflict));
}

TEST_F(Lists, a_list_of_one_value_that_turns_around_keeps_its_expiry) {
  push("l", {"a"});
  const auto turn = [&](End from, End to) {
    return run([&](DatabaseView& view) -> Result<bool> {
      const auto row = view.find("l");
      if (!row) return row.error();
      view.set_expiry("l", **row, view.now() + std::chrono::hours(1));
      const auto moved = lists::move(view, "l", from, "l", to);
      if (!moved) return moved.error();
      const auto after = view.find("l");
      if (!after) return after.error();
      return (*after)->attributes.expires_at.has_value();
    });
  };
  EXPECT_TRUE(turn(End::left, End::right).value());
  EXPECT_TRUE(turn(End::right, End::right).value());
  EXPECT_EQ(read("l"), ListModel{"a"});
}

TEST_F(Lists, a_list_that_lacks_a_value_is_told_to_be_damaged) {
  push("l", {"a", "b", "c"});
  Cursor cursor = engine().cursor({.keyspace = &database().elements});
  cursor.seek_to_first();
  cursor.next();
  ASSERT_TRUE(cursor.valid());
  ASSERT_THAT(engine().remove(database().elements, cursor.key()), Succeeds());
  EXPECT_THAT(run([](DatabaseView& view) { return lists::at(view, "l", 1); }),
              FailsWith(Errc::corruption));
  EXPECT_THAT(run([](DatabaseView& view) { return lists::pop(view, "l", End::left, 2); }),
              FailsWith(Errc::corruption));
  EXPECT_THAT(run([](DatabaseView& view) {
                return lists::insert(view, "l", lists::Side::before, "c", "new");
              }),
              FailsWith(Errc::corruption));
}

}  // namespace
}  // namespace quartz::server
