#include <cstdint>
#include <functional>
#include <iostream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/random_run.hpp"
#include "support/number_from_environment.hpp"
#include "support/rocksdb_oracle.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kOperations = kUnderSanitizer ? 4'000 : 20'000;

// So small that segments roll, memtables wait, writers are held back, level 0 fills and tables of
// several levels form within a few thousand operations.
StorageConfig tiny_config() {
  StorageConfig config = small_config();
  config.memtable_bytes = config.segment_bytes * 3;
  config.cache_size = 100;
  config.compaction_threshold = 2;
  config.level0_files_max = 6;
  return config;
}

// QUARTZ_MODEL_OPERATIONS are done per test, with QUARTZ_MODEL_SEED if one is given.
void run(const std::string& name, std::uint64_t seed,
         const std::function<void(StorageConfig&)>& change, bool with_oracle = false,
         bool rows_expire = false) {
  seed = number_from_environment("QUARTZ_MODEL_SEED", seed);
  std::cout << name << ": QUARTZ_MODEL_SEED=" << seed << '\n';
  StorageConfig config = tiny_config();
  change(config);
  const ScratchDirectory scratch;
  std::unique_ptr<RocksdbOracle> oracle;
  if (with_oracle) oracle = std::make_unique<RocksdbOracle>(scratch / "oracle");
  RandomRun random(scratch / "db", config, seed);
  random.compare_with(oracle.get());
  if (rows_expire) random.let_rows_expire();
  random.operations(number_from_environment("QUARTZ_MODEL_OPERATIONS", kOperations));
}

TEST(RandomOperations, on_a_mapped_log_answer_like_a_map) {
  run("mapped", 1, [](StorageConfig& config) { config.log_medium = LogMedium::mapped; });
}

TEST(RandomOperations, on_a_written_log_answer_like_a_map) {
  run("file", 2, [](StorageConfig& config) { config.log_medium = LogMedium::file; });
}

TEST(RandomOperations, without_a_log_answer_like_a_map) {
  run("without a log", 3, [](StorageConfig& config) { config.enable_wal = false; });
}

TEST(RandomOperations, without_a_row_cache_answer_like_a_map) {
  run("without a cache", 4, [](StorageConfig& config) { config.cache_size = 0; });
}

TEST(RandomOperations, with_everything_in_memory_answer_like_a_map) {
  run("large memtables", 5, [](StorageConfig& config) {
    config.segment_bytes = std::size_t{4} << 20;
    config.memtable_bytes = std::size_t{32} << 20;
  });
}

TEST(RandomOperations, answer_like_rocksdb) {
  run("oracle", 6, [](StorageConfig&) {}, true);
}

TEST(RandomOperations, with_rows_that_expire_answer_like_a_map_that_forgets_them) {
  run("expiring", 7, [](StorageConfig&) {}, false, true);
}

}  // namespace
}  // namespace quartz
