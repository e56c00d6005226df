#include "storage/config_check.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::hours kYear{24 * 365};

using Change = std::function<void(StorageConfig&)>;

Result<void> check(const Change& change) {
  StorageConfig config;
  change(config);
  return check_config(config);
}

struct Case {
  const char* option;
  Change change;
};

TEST(ConfigCheck, accepts_the_defaults) { EXPECT_THAT(check_config({}), Succeeds()); }

TEST(ConfigCheck, refuses_nonsense_and_names_the_option) {
  const std::vector<Case> cases = {
      {"segment_bytes", [](StorageConfig& c) { c.segment_bytes = 0; }},
      {"segment_bytes", [](StorageConfig& c) { c.segment_bytes = (64 << 10) - 4096; }},
      {"segment_bytes", [](StorageConfig& c) { c.segment_bytes = (64 << 10) + 1; }},
      {"segment_bytes",
       [](StorageConfig& c) {
         c.segment_bytes = (std::size_t{2} << 30) + 4096;
         c.memtable_bytes = std::size_t{16} << 30;
       }},
      {"memtable_bytes", [](StorageConfig& c) { c.memtable_bytes = c.segment_bytes * 3 - 1; }},
      {"memtable_bytes", [](StorageConfig& c) { c.memtable_bytes = 0; }},
      {"flush_interval",
       [](StorageConfig& c) { c.flush_interval = std::chrono::milliseconds(-1); }},
      {"flush_interval",
       [](StorageConfig& c) { c.flush_interval = kYear + std::chrono::milliseconds(1); }},
      {"flush_interval",
       [](StorageConfig& c) { c.flush_interval = std::chrono::milliseconds::max(); }},
      {"durability", [](StorageConfig& c) { c.durability = Durability::memory; }},
      {"compaction_threshold", [](StorageConfig& c) { c.compaction_threshold = 0; }},
      {"compaction_threshold",
       [](StorageConfig& c) {
         c.compaction_threshold = 65;
         c.level0_files_max = 100;
       }},
      {"level0_files_max", [](StorageConfig& c) { c.level0_files_max = c.compaction_threshold; }},
      {"level0_files_max", [](StorageConfig& c) { c.level0_files_max = 1001; }},
      {"max_level_size", [](StorageConfig& c) { c.max_level_size = 0; }},
      {"max_level_size", [](StorageConfig& c) { c.max_level_size = 1001; }},
      {"table_file_bytes", [](StorageConfig& c) { c.table_file_bytes = 1000; }},
      {"table_file_bytes", [](StorageConfig& c) { c.table_file_bytes = std::size_t{5} << 30; }},
      {"compaction_threads", [](StorageConfig& c) { c.compaction_threads = 0; }},
      {"compaction_threads", [](StorageConfig& c) { c.compaction_threads = 65; }},
      {"read_threads", [](StorageConfig& c) { c.read_threads = 0; }},
      {"read_threads", [](StorageConfig& c) { c.read_threads = 257; }},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(check(one.change), FailsWith(Errc::invalid_argument, HasSubstr(one.option)));
  }
}

TEST(ConfigCheck, accepts_the_ends_of_each_range) {
  const std::vector<Change> changes = {
      [](StorageConfig& c) { c.segment_bytes = 64 << 10; },
      [](StorageConfig& c) {
        c.segment_bytes = std::size_t{2} << 30;
        c.memtable_bytes = std::size_t{6} << 30;
      },
      [](StorageConfig& c) { c.memtable_bytes = c.segment_bytes * 3; },
      [](StorageConfig& c) { c.flush_interval = kYear; },
      [](StorageConfig& c) { c.compaction_threshold = 1; },
      [](StorageConfig& c) {
        c.compaction_threshold = 64;
        c.level0_files_max = 65;
      },
      [](StorageConfig& c) { c.level0_files_max = 1000; },
      [](StorageConfig& c) { c.max_level_size = 1; },
      [](StorageConfig& c) { c.table_file_bytes = 64 << 10; },
      [](StorageConfig& c) { c.compaction_threads = 64; },
      [](StorageConfig& c) { c.read_threads = 256; },
      [](StorageConfig& c) { c.cache_size = 0; },
      [](StorageConfig& c) { c.cache_bytes = 0; },
      [](StorageConfig& c) { c.block_cache_bytes = 0; },
      [](StorageConfig& c) { c.free_space_min_bytes = 0; },
      [](StorageConfig& c) { c.durability = Durability::disk; },
  };
  for (const Change& change : changes) EXPECT_THAT(check(change), Succeeds());
}

TEST(ConfigCheck, without_a_log_any_durability_option_is_moot) {
  EXPECT_THAT(check([](StorageConfig& c) {
                c.enable_wal = false;
                c.durability = Durability::memory;
              }),
              Succeeds());
  EXPECT_THAT(check([](StorageConfig& c) { c.enable_wal = false; }), Succeeds());
}

}  // namespace
}  // namespace quartz::storage
