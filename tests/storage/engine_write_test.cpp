#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

constexpr WriteOptions kToDisk{.durability = Durability::disk};

// Segments large enough for huge pages.
StorageConfig large_segments() {
  StorageConfig config = small_config();
  config.segment_bytes = std::size_t{4} << 20;
  config.memtable_bytes = std::size_t{64} << 20;
  return config;
}

TEST(EngineWrite, the_first_write_to_disk_begins_a_segment_for_syncs_and_later_ones_stay_there) {
  const ScratchDirectory scratch;
  {
    StorageEngine engine = open_small(scratch / "db", large_segments());
    ASSERT_THAT(engine.put("before", "1"), Succeeds());
    ASSERT_THAT(engine.put("a", "1", kToDisk), Succeeds());
    ASSERT_THAT(engine.flush(), Succeeds());
    const std::uint64_t flushes = engine.statistics().flushes;
    for (int i = 0; i < 10; ++i) {
      ASSERT_THAT(engine.put(numbered_key(static_cast<std::uint64_t>(i)), "1", kToDisk),
                  Succeeds());
    }
    EXPECT_EQ(engine.statistics().memtables_waiting, 0u);
    EXPECT_EQ(engine.statistics().flushes, flushes);
  }
  const StorageEngine engine = open_small(scratch / "db", large_segments());
  EXPECT_EQ(rows_of(engine).size(), 12u);
}

TEST(EngineWrite, a_first_write_to_disk_flushes_nothing) {
  const ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "db", large_segments());
  ASSERT_THAT(engine.put("a", "1", kToDisk), Succeeds());
  EXPECT_EQ(engine.statistics().memtables, 1u);
  EXPECT_EQ(engine.statistics().flushes, 0u);
  EXPECT_EQ(read(engine, "a"), "1");
}

TEST(EngineWrite, a_large_batch_is_indexed_whole_with_the_last_of_equal_keys) {
  const ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "db");
  WriteBatch batch;
  constexpr std::uint64_t kRows = 100;
  for (std::uint64_t i = 0; i < kRows; ++i) batch.put(numbered_key(i), "first");
  for (std::uint64_t i = 0; i < kRows; i += 2) batch.put(numbered_key(i), "second");
  batch.remove(numbered_key(1));
  ASSERT_THAT(engine.write(batch), Succeeds());
  EXPECT_EQ(read(engine, numbered_key(0)), "second");
  EXPECT_EQ(read(engine, numbered_key(1)), "(none)");
  EXPECT_EQ(read(engine, numbered_key(99)), "first");
  EXPECT_EQ(rows_of(engine).size(), kRows - 1);
}

}  // namespace
}  // namespace quartz
