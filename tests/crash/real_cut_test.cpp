// Cuts of the power of a real file system on a loop device: it is told to stop at once, journal and
// all, and mounted anew.

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "crash/ledger.hpp"
#include "crash/steps.hpp"
#include "crash/victim.hpp"
#include "crash/writer.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/loop_mount.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

/// One writer's steps on a file system that loses its power again and again.
class RealCut : public testing::Test {
 protected:
  void cut_again_and_again(const std::string& file_system) {
    const std::uint64_t cuts = number_from_environment("QUARTZ_REAL_CUTS", 0);
    const std::uint64_t seed = number_from_environment("QUARTZ_REAL_SEED", 1);
    if (cuts == 0) GTEST_SKIP() << "SKIPPED: QUARTZ_REAL_CUTS says how many to make";
    std::string why_not;
    disk_ = LoopMount::create(file_system, std::uint64_t{256} << 20, why_not);
    if (!disk_) GTEST_SKIP() << "SKIPPED: " << why_not;
    std::cout << "QUARTZ_REAL_CUTS=" << cuts << " QUARTZ_REAL_SEED=" << seed << '\n';
    Random random(seed);
    for (std::uint64_t cut = 0; cut < cuts && !HasFailure(); ++cut) {
      SCOPED_TRACE(fmt::format("cut {}", cut));
      write_until_cut(random);
      if (!HasFailure()) compare(random);
    }
    std::cout << cuts << " cuts, " << written_ << " steps were acknowledged, " << lost_
              << " of those that may be were lost\n";
    EXPECT_GT(written_, cuts);
  }

 private:
  void write_until_cut(Random& random);
  void compare(Random& random);

  std::unique_ptr<LoopMount> disk_;
  WriterOrder order_;
  WriterRows rows_;            // After the first `kept_` steps,
  std::uint64_t kept_ = 0;     // which were found after the last cut.
  std::uint64_t durable_ = 0;  // So many must be found after this one,
  std::uint64_t told_ = 0;     // and so many were acknowledged at all.
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
};

void RealCut::write_until_cut(Random& random) {
  order_ = {.directory = disk_->path() / "db",
            .seed = random.next(),
            .segment_bytes = std::uint64_t{64} << 10,
            .medium = random.one_in(2) ? LogMedium::file : LogMedium::mapped,
            .durability = {},
            .point = {},
            .pass = 1,
            .next_steps = {kept_}};
  if (random.one_in(4)) order_.durability = Durability::disk;
  durable_ = told_ = kept_;
  Victim victim(kWriteUntilKilled, order_.to_arguments());
  const auto cut = [&] { ASSERT_TRUE(disk_->cut_power()); };
  // Some are cut while they open.
  const std::size_t reports = random.one_in(8) ? 0 : 1 + random.below(1500);
  const auto acknowledged = victim.kill_after(reports, std::chrono::milliseconds(10'000), {}, cut);
  for (const Acknowledgement& one : acknowledged) {
    ASSERT_EQ(one.step, told_);
    ++told_;
    if (one.event == Event::durable_step) durable_ = told_;
  }
  written_ += told_ - kept_;
}

void RealCut::compare(Random& random) {
  ASSERT_TRUE(disk_->restore_power());
  StorageEngine engine =
      open_small(order_.directory, writer_config(order_.segment_bytes, order_.medium));
  auto second = engine.keyspace(kSecondKeyspace);
  if (!second) second = engine.create_keyspace(kSecondKeyspace);
  ASSERT_THAT(second, Succeeds());
  const WriterRows found = rows_of_writer(engine, *second, 0);
  // The first prefix of the steps that gives these rows, from the shortest that may be left.
  for (std::uint64_t steps = kept_; steps < durable_; ++steps) Step(0, steps).apply_to(rows_);
  kept_ = durable_;
  while (found != rows_ && kept_ <= told_) Step(0, kept_++).apply_to(rows_);
  ASSERT_TRUE(found == rows_) << durable_ << " steps must be there and " << told_
                              << " were acknowledged, but no such prefix has these " << found.size()
                              << " rows";
  lost_ += told_ > kept_ ? told_ - kept_ : 0;
  if (random.one_in(4)) {
    ASSERT_THAT(engine.flush(), Succeeds());
  }
  ASSERT_THAT(engine.close(), Succeeds());
}

TEST_F(RealCut, of_ext4_leave_a_prefix_with_all_that_had_to_survive) {
  cut_again_and_again("ext4");
}

TEST_F(RealCut, of_xfs_leave_a_prefix_with_all_that_had_to_survive) { cut_again_and_again("xfs"); }

}  // namespace
}  // namespace quartz
