#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/service/row_cursor.hpp"
#include "server/service/transaction.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {
namespace {

TEST(RowCursorWrites, those_made_while_it_runs_do_not_disturb_it) {
  ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "data");
  const Keyspace rows = engine.default_keyspace();
  Transaction transaction(engine);
  std::vector<std::string> expected;
  for (std::uint64_t i = 0; i < 100; ++i) {
    expected.push_back("a" + numbered_key(i));
    transaction.put(rows, expected.back(), "value");
  }
  std::vector<std::string> seen;
  RowCursor cursor(transaction, rows, "a", "b");
  for (; cursor.valid(); cursor.next()) {
    seen.emplace_back(cursor.key());
    EXPECT_EQ(cursor.value(), "value");
    for (int copy = 0; copy < 8; ++copy) {
      transaction.put(rows, "b" + seen.back() + std::to_string(copy), "copy");
    }
  }
  EXPECT_FALSE(cursor.error());
  EXPECT_EQ(seen, expected);
}

}  // namespace
}  // namespace quartz::server
