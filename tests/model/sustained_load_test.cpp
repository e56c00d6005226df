#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/coding.hpp"
#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kPuts = kUnderSanitizer ? 250'000 : 1'000'000;
constexpr std::uint64_t kLookEvery = 2'000;

// Every mechanism runs many times within the default number of puts.
StorageConfig small_memory() {
  StorageConfig config;
  config.segment_bytes = std::size_t{1} << 20;
  config.memtable_bytes = std::size_t{8} << 20;
  config.cache_bytes = std::size_t{4} << 20;
  config.block_cache_bytes = std::size_t{8} << 20;
  config.table_file_bytes = std::size_t{4} << 20;
  config.level0_files_max = 12;
  config.free_space_min_bytes = 0;
  return config;
}

// With QUARTZ_SUSTAINED_PUTS the load is an earnest one, under the engine's own defaults.
StorageConfig config_for(std::uint64_t puts) {
  return puts > kPuts ? StorageConfig() : small_memory();
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// The largest values that were seen.
struct Peak {
  std::uint64_t memtable_bytes = 0;
  std::uint64_t level0_files = 0;
  std::uint64_t resident_bytes = 0;

  void look(const StorageEngine& engine) {
    const Statistics now = engine.statistics();
    memtable_bytes = std::max(memtable_bytes, now.memtable_bytes);
    level0_files = std::max(level0_files, now.level0_files_max);
    resident_bytes = std::max(resident_bytes, quartz::resident_bytes());
  }
};

// Row `number` has a key of 16 bytes, spread over the key space, and a value of 100.
std::string key_of(std::uint64_t number) {
  std::string key(16, '\0');
  const std::uint64_t spread = number * 0x9E3779B97F4A7C15u;
  store(reinterpret_cast<std::byte*>(key.data()), spread);
  store(reinterpret_cast<std::byte*>(key.data()) + 8, number);
  return key;
}

TEST(SustainedLoad, keeps_memory_and_level_0_within_their_bounds_and_loses_nothing) {
  const std::uint64_t puts = number_from_environment("QUARTZ_SUSTAINED_PUTS", kPuts);
  const StorageConfig config = config_for(puts);
  const ScratchDirectory scratch;
  const std::uint64_t resident_before = resident_bytes();
  StorageEngine engine = StorageEngine::open(scratch / "db", config).value();
  // Half of the puts are of a key that is there already.
  const std::uint64_t keys = puts / 2;
  std::string value(100, 'v');
  Peak peak;
  for (std::uint64_t i = 0; i < puts; ++i) {
    store(reinterpret_cast<std::byte*>(value.data()), i);
    ASSERT_THAT(engine.put(key_of(i % keys), value), Succeeds());
    if (i % kLookEvery == 0) peak.look(engine);
  }
  peak.look(engine);
  std::cout << puts << " puts: memtables at most " << peak.memtable_bytes
            << " bytes, level 0 at most " << peak.level0_files << " files, resident at most "
            << peak.resident_bytes << " bytes, " << resident_before << " before\n";
  EXPECT_LE(peak.memtable_bytes, config.memtable_bytes);
  EXPECT_LE(peak.level0_files, config.level0_files_max);
  if (!kUnderSanitizer) {
    // Beside what is configured: segments prepared and reused, what compaction holds, filters and
    // indexes of the tables, and what the allocator keeps.
    const std::uint64_t configured =
        config.memtable_bytes + config.cache_bytes + config.block_cache_bytes;
    const std::uint64_t beside = 4 * config.segment_bytes + 8 * config.table_file_bytes + 4 * puts +
                                 (std::uint64_t{32} << 20);
    EXPECT_LE(peak.resident_bytes - resident_before, configured + beside);
  }

  std::string read;
  for (std::uint64_t key = 0; key < keys; key += 101) {
    ASSERT_EQ(engine.get_into(key_of(key), read).value(), true) << key;
    ASSERT_EQ(load<std::uint64_t>(reinterpret_cast<const std::byte*>(read.data())), key + keys);
  }
}

}  // namespace
}  // namespace quartz
