#include <cstdint>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "crash/power_run.hpp"
#include "support/number_from_environment.hpp"
#include "support/sanitizers.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kCutsPerSeed = 6;

// Returns the number of writes.
std::uint64_t run(std::uint64_t seed) {
  SCOPED_TRACE(fmt::format("QUARTZ_POWER_SEED={} QUARTZ_POWER_SEEDS=1", seed));
  PowerRun power(seed);
  power.cuts(kCutsPerSeed);
  return power.writes();
}

// So many histories, each with several cuts, as QUARTZ_POWER_SEEDS says, from QUARTZ_POWER_SEED on.
TEST(PowerCut, leaves_a_prefix_of_the_writes_with_all_that_had_to_survive) {
  const std::uint64_t first = number_from_environment("QUARTZ_POWER_SEED", 1);
  const std::uint64_t seeds =
      number_from_environment("QUARTZ_POWER_SEEDS", kUnderSanitizer ? 8 : 30);
  std::cout << "QUARTZ_POWER_SEED=" << first << " QUARTZ_POWER_SEEDS=" << seeds << '\n';
  std::uint64_t writes = 0;
  for (std::uint64_t i = 0; i < seeds && !::testing::Test::HasFailure(); ++i) {
    writes += run(first + i);
  }
  std::cout << writes << " writes, " << seeds * kCutsPerSeed << " cuts\n";
  EXPECT_GT(writes, seeds);
}

// The name of a new database's own directory was not synced; RocksDB's MANIFEST was torn where
// files grew before their bytes.
TEST(PowerCut, seeds_that_once_failed_do_not_fail_again) {
  for (const std::uint64_t seed : {2u, 46u}) run(seed);
}

}  // namespace
}  // namespace quartz
