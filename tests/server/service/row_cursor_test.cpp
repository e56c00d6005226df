#include "server/service/row_cursor.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/service/service_fixture.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using Model = std::map<std::string, std::string>;

std::string random_key(Random& random) { return numbered_key(random.below(40)); }

class RowCursorTest : public ServiceFixture {
 protected:
  /// What a cursor over [first, last) shows, in the order of its keys.
  Rows walk(const Transaction& transaction, const std::string& first, const std::string& last,
            RowCursor::Order order) {
    Rows rows;
    RowCursor cursor(transaction, database().rows, first, last, order);
    for (; cursor.valid(); cursor.next()) rows.emplace_back(cursor.key(), cursor.value());
    EXPECT_FALSE(cursor.error());
    if (order == RowCursor::Order::reverse) std::ranges::reverse(rows);
    return rows;
  }
};

Rows within(const Model& model, const std::string& first, const std::string& last) {
  if (first >= last) return {};
  return {model.lower_bound(first), model.lower_bound(last)};
}

TEST_F(RowCursorTest, shows_rows_and_writes_merged_both_ways) {
  for (const char* key : {"a", "c", "e", "g"}) {
    ASSERT_THAT(engine().put(key, "stored"), Succeeds());
  }
  Transaction transaction(engine());
  transaction.put(database().rows, "b", "written");
  transaction.put(database().rows, "c", "written");
  transaction.remove(database().rows, "e");
  transaction.remove(database().rows, "x");
  const Rows expected = {{"a", "stored"}, {"b", "written"}, {"c", "written"}, {"g", "stored"}};
  EXPECT_EQ(walk(transaction, "", "z", RowCursor::Order::forward), expected);
  EXPECT_EQ(walk(transaction, "", "z", RowCursor::Order::reverse), expected);
  EXPECT_EQ(walk(transaction, "b", "c", RowCursor::Order::reverse), (Rows{{"b", "written"}}));
}

TEST_F(RowCursorTest, agrees_with_a_map_whatever_was_written) {
  Random random(20240229);
  for (int round = 0; round < 60; ++round) {
    Model model;
    for (auto& row : rows_of(engine())) model.insert(row);
    Transaction transaction(engine());
    const std::uint64_t writes = random.below(30);
    for (std::uint64_t i = 0; i < writes; ++i) {
      const std::string key = random_key(random);
      if (random.one_in(40)) {
        transaction.remove_all(database().rows);
        model.clear();
      } else if (random.one_in(3)) {
        transaction.remove(database().rows, key);
        model.erase(key);
      } else {
        const std::string value = std::to_string(random.below(1000));
        transaction.put(database().rows, key, value);
        model[key] = value;
      }
      const std::string looked_at = random_key(random);
      const auto row = transaction.read(database().rows, looked_at).value();
      const auto known = model.find(looked_at);
      ASSERT_EQ(row.has_value(), known != model.end());
      if (row) {
        ASSERT_EQ(row->value, known->second);
      }
    }
    for (int i = 0; i < 5; ++i) {
      const std::string first = random.one_in(3) ? "" : random_key(random);
      const std::string last = random.one_in(3) ? "z" : random_key(random);
      const Rows expected = within(model, first, last);
      ASSERT_EQ(walk(transaction, first, last, RowCursor::Order::forward), expected);
      ASSERT_EQ(walk(transaction, first, last, RowCursor::Order::reverse), expected);
    }
    if (random.one_in(4)) continue;  // Never committed: nothing of it stays.
    ASSERT_THAT(transaction.commit(), Succeeds());
    ASSERT_EQ(rows_of(engine()), within(model, "", "z"));
  }
}

}  // namespace
}  // namespace quartz::server
