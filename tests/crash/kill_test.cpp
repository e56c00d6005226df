#include <chrono>
#include <iostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/ledger.hpp"
#include "crash/victim.hpp"
#include "crash/writer.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using std::chrono::milliseconds;

WriterOrder random_order(const std::filesystem::path& directory, const Ledger& ledger,
                         Random& random) {
  WriterOrder order;
  order.directory = directory;
  order.seed = random.next();
  order.segment_bytes = random.one_in(4) ? std::uint64_t{1} << 20 : std::uint64_t{64} << 10;
  order.medium = random.one_in(3) ? LogMedium::file : LogMedium::mapped;
  if (!random.one_in(3)) {
    order.durability = random.one_in(3) ? Durability::disk : Durability::process;
  }
  const std::uint64_t writers = 1 + random.below(kWritersMax);
  for (std::uint32_t i = 0; i < writers; ++i) order.next_steps.push_back(ledger.next_step(i));
  return order;
}

// One database through QUARTZ_CRASH_CYCLES kills, with the seed QUARTZ_CRASH_SEED.
TEST(Kill, loses_nothing_acknowledged_and_leaves_no_step_half_done) {
  const std::uint64_t cycles = number_from_environment("QUARTZ_CRASH_CYCLES", 60);
  const std::uint64_t seed = number_from_environment("QUARTZ_CRASH_SEED", 20240229);
  std::cout << "QUARTZ_CRASH_CYCLES=" << cycles << " QUARTZ_CRASH_SEED=" << seed << '\n';
  const ScratchDirectory scratch;
  Random random(seed);
  Ledger ledger;
  std::uint64_t acknowledged = 0;
  for (std::uint64_t cycle = 0; cycle < cycles && !::testing::Test::HasFailure(); ++cycle) {
    SCOPED_TRACE("cycle " + std::to_string(cycle));
    const WriterOrder order = random_order(scratch / "db", ledger, random);
    {
      Victim victim(kWriteUntilKilled, order.to_arguments());
      // Some die while they open, most in the middle of their work.
      const milliseconds deadline(random.one_in(6) ? random.below(60) : 2000);
      const std::size_t reports = random.one_in(3) ? random.below(6000) : random.below(600);
      for (const Acknowledgement& one : victim.kill_after(reports, deadline)) {
        ledger.acknowledge(one);
        ++acknowledged;
      }
      ASSERT_TRUE(victim.was_killed());
    }
    // Now and then recovery itself is killed, before anybody has looked.
    while (random.one_in(4)) {
      WriterOrder only_open = order;
      only_open.next_steps.clear();
      Victim victim(kWriteUntilKilled, only_open.to_arguments());
      static_cast<void>(victim.kill_after(1, milliseconds(random.below(60))));
      ASSERT_TRUE(victim.was_killed());
    }
    StorageEngine engine =
        open_small(scratch / "db", writer_config(order.segment_bytes, order.medium));
    auto second = engine.keyspace(kSecondKeyspace);
    if (!second) second = engine.create_keyspace(kSecondKeyspace);
    ledger.compare(engine, *second);
    // What was found is built upon, so it must not go either.
    if (random.one_in(5)) {
      ASSERT_THAT(engine.flush(), Succeeds());
      ledger.compare(engine, *second);
    }
  }
  std::cout << acknowledged << " steps were acknowledged\n";
  EXPECT_GT(acknowledged, cycles);
}

}  // namespace
}  // namespace quartz
