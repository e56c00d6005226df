// The oracle is part of the tests' foundations, so it has a test of its own, against the levels.

#include <map>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/levels_fixture.hpp"
#include "support/rocksdb_oracle.hpp"

namespace quartz::storage {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(RocksdbOracle, keeps_rows_keyspaces_and_snapshots_over_a_reopen) {
  const ScratchDirectory scratch;
  RocksdbOracle oracle(scratch / "oracle");
  oracle.create_keyspace("orders");
  oracle.write({{.key = "a", .value = "1"},
                {.keyspace = "orders", .key = "o", .value = "1"},
                {.key = "b", .value = "1"}});
  {
    const auto before = oracle.snapshot();
    oracle.put("a", "2");
    oracle.remove("b");
    oracle.remove_range("x", "a");
    EXPECT_EQ(oracle.get("a", "default", before.get()), "1");
    EXPECT_THAT(oracle.scan("default", before.get(), true),
                ElementsAre(Pair("b", "1"), Pair("a", "1")));
  }
  oracle.reopen();
  EXPECT_THAT(oracle.scan(), ElementsAre(Pair("a", "2")));
  EXPECT_EQ(oracle.get("b"), std::nullopt);
  EXPECT_EQ(oracle.get("o", "orders"), "1");
  EXPECT_THAT(oracle.keyspaces(), ElementsAre("default", "orders"));
  oracle.drop_keyspace("orders");
  EXPECT_THAT(oracle.keyspaces(), ElementsAre("default"));
}

TEST(RocksdbOracle, scans_within_bounds) {
  const ScratchDirectory scratch;
  RocksdbOracle oracle(scratch / "oracle");
  for (const char* key : {"a", "b", "c", "d"}) oracle.put(key, "1");
  oracle.remove_range("c", "d");
  EXPECT_THAT(oracle.scan("default", nullptr, false, "b", "d"), ElementsAre(Pair("b", "1")));
  EXPECT_THAT(oracle.scan("default", nullptr, true, "b"),
              ElementsAre(Pair("d", "1"), Pair("b", "1")));
  EXPECT_THAT(oracle.scan("default", nullptr, false, "d", "b"), testing::IsEmpty());
}

class LevelsOracleTest : public LevelsTest {};

TEST_F(LevelsOracleTest, levels_and_oracle_agree_over_random_tables) {
  options.start_compaction = true;
  options.compaction_threshold = 2;
  open();
  RocksdbOracle oracle(scratch / "oracle");
  std::mt19937 random(41);
  const auto key = [&] { return "k" + std::to_string(random() % 500); };
  for (int step = 0; step < 30; ++step) {
    Rows rows;
    Ranges ranges;
    if (random() % 2 == 0) {
      const std::string first = key();
      const std::string last = key();
      ranges.emplace_back(first, last);
      oracle.remove_range(first, last);
    }
    for (int i = 0; i < 40; ++i) {
      const std::string k = key();
      rows[k] = random() % 3 == 0 ? std::nullopt : std::optional("v" + std::to_string(step));
    }
    for (const auto& [k, v] : rows) v ? oracle.put(k, *v) : oracle.remove(k);
    ingest(rows, ranges);
    if (step == 14) reopen();
    std::string expected;
    for (const auto& [k, v] : oracle.scan()) expected += k + "=" + v + " ";
    ASSERT_EQ(scan(), expected) << "step " << step;
    std::string reversed;
    for (const auto& [k, v] : oracle.scan("default", nullptr, true)) reversed += k + "=" + v + " ";
    ASSERT_EQ(backward(iterate()), reversed) << "step " << step;
    for (int i = 0; i < 500; ++i) {
      const std::string k = "k" + std::to_string(i);
      ASSERT_EQ(get(k), oracle.get(k).value_or("(none)")) << k;
    }
  }
}

}  // namespace
}  // namespace quartz::storage
