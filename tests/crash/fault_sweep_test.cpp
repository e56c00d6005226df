#include <algorithm>
#include <array>
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crash/steps.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "storage/engine.hpp"
#include "support/faulty_file_system.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

using io::FaultEffect;
using io::FaultLength;
using ::testing::AnyOf;

constexpr std::uint64_t kSteps = 40;

struct Fault {
  const char* name;
  Errc code;
  FaultLength length;
  FaultEffect effect;
};

constexpr std::array<Fault, 5> kFaults = {
    Fault{"an I/O error", Errc::io_error, FaultLength::once, FaultEffect::none},
    Fault{"I/O errors for ever", Errc::io_error, FaultLength::for_ever, FaultEffect::none},
    Fault{"a full disk once", Errc::no_space, FaultLength::once, FaultEffect::none},
    Fault{"a full disk for ever", Errc::no_space, FaultLength::for_ever, FaultEffect::none},
    Fault{"short writes", Errc::no_space, FaultLength::for_ever, FaultEffect::short_write},
};

// One fixed scenario on a disk of its own, of whose calls one fails, or all from one on.
class FaultedScenario {
 public:
  // RocksDB 7.8 takes it for granted that these two cannot fail: where assertions are compiled in,
  // as in Debian's, it ends the process (see docs/design/storage.md).
  FaultedScenario() {
    faulty_.spare(io::Operation::exists, "/archive");
    faulty_.spare(io::Operation::read, "/ingest/");
  }
  // True if there was a call to fail.
  bool run(const Fault& fault, std::uint64_t nth) {
    faulty_.fail_any(nth, fault.code, fault.length, fault.effect);
    {
      auto engine = open();
      if (engine) work(*engine);
    }
    const bool met = faulty_.faults() > 0;
    faulty_.clear_faults();
    check_after_reopen();
    return met;
  }

 private:
  Result<StorageEngine> open() {
    auto opened = storage::Engine::open("/db", small_config(), faulty_,
                                        storage::TimeSource::system(), env_.get());
    if (!opened) return failed(std::move(opened).error());
    return StorageEngine(*std::move(opened));
  }

  // No call that fails makes a file damaged.
  Error failed(Error error) {
    EXPECT_NE(error.code(), Errc::corruption) << error.to_string();
    EXPECT_GT(faulty_.faults(), 0u) << error.to_string();
    return error;
  }
  void note(const Result<void>& outcome) {
    if (!outcome) static_cast<void>(failed(outcome.error()));
  }

  void work(StorageEngine& engine) {
    auto second = engine.create_keyspace(kSecondKeyspace);
    if (!second) {
      static_cast<void>(failed(second.error()));
      return;
    }
    for (std::uint64_t number = 0; number < kSteps; ++number) {
      write(engine, *second, number);
      if (number % 8 == 5) read_some(engine);
      if (number == 15 || number == 30) note(engine.flush());
      if (number == 20) note(engine.checkpoint("/copy"));
      if (number == 32) note(engine.compact_range());
      if (number == 35) note(engine.sync());
    }
    note(engine.close());
  }

  void write(StorageEngine& engine, const Keyspace& second, std::uint64_t number) {
    const Step step(0, number);
    const auto durability = number % 3 == 0 ? Durability::disk : Durability::process;
    const bool was_stopped = engine.statistics().writes_stopped;
    const auto outcome = step.write_to(engine, second, {.durability = durability});
    if (!outcome) {
      static_cast<void>(failed(outcome.error()));
      if (was_stopped) {  // Refused outright, it cannot have left anything.
        EXPECT_THAT(outcome.error().code(), AnyOf(Errc::reopen_required, Errc::no_space));
      } else {
        unclear_.push_back(number);
      }
      return;
    }
    EXPECT_FALSE(was_stopped) << "step " << number << " was written after writing had ended";
    step.apply_to(rows_);
    unclear_.clear();
  }

  // Right, or an error.
  void read_some(const StorageEngine& engine) {
    if (!unclear_.empty()) return;
    for (const auto& [key, value] : rows_) {
      if (key.first != "default") continue;
      const auto found = engine.get(key.second);
      if (!found) {
        static_cast<void>(failed(found.error()));
      } else {
        EXPECT_EQ(*found, value);
      }
    }
  }

  // All that was acknowledged, and at most one of the writes that failed after it.
  void check_after_reopen() {
    auto engine = open();
    ASSERT_THAT(engine, Succeeds());
    WriterRows found;
    for (const auto& keyspace : engine->keyspaces()) {
      for (auto& [key, value] : rows_of(*engine, {.keyspace = &keyspace})) {
        found[{std::string(keyspace.name()), key}] = value;
      }
    }
    const bool expected =
        found == rows_ || std::ranges::any_of(unclear_, [&](std::uint64_t number) {
          WriterRows with = rows_;
          Step(0, number).apply_to(with);
          return found == with;
        });
    EXPECT_TRUE(expected) << found.size() << " rows instead of " << rows_.size();
    EXPECT_THAT(engine->put("after", "1", {.durability = Durability::disk}), Succeeds());
  }

  io::SimulatedDisk disk_;
  io::FaultyFileSystem faulty_{disk_};
  std::unique_ptr<rocksdb::Env> env_ = rocksdb_env_over(faulty_);
  WriterRows rows_;                     // Acknowledged.
  std::vector<std::uint64_t> unclear_;  // Steps that have failed since the last one that did not.
};

// Every QUARTZ_FAULT_STRIDE-th call of the scenario is failed; 1 is all of them.
// QUARTZ_FAULT_OFFSET shifts them.
TEST(FaultSweep, of_any_one_call_or_all_from_one_on_loses_nothing_and_gives_no_wrong_value) {
  const std::uint64_t stride = number_from_environment("QUARTZ_FAULT_STRIDE", 16);
  const std::uint64_t offset = number_from_environment("QUARTZ_FAULT_OFFSET", 0);
  std::uint64_t runs = 0;
  for (std::size_t i = 0; i < kFaults.size(); ++i) {
    // Each kind of fault begins at another call, so that together they meet more of them.
    for (std::uint64_t nth = 1 + (offset + i * stride / kFaults.size()) % stride;; nth += stride) {
      SCOPED_TRACE(fmt::format("{} at call {}", kFaults[i].name, nth));
      ++runs;
      FaultedScenario scenario;
      const bool met = scenario.run(kFaults[i], nth);
      if (::testing::Test::HasFailure()) return;
      if (!met) break;
    }
  }
  std::cout << "QUARTZ_FAULT_STRIDE=" << stride << " QUARTZ_FAULT_OFFSET=" << offset << ": " << runs
            << " runs\n";
  EXPECT_GT(runs, kFaults.size() * 10);
}

}  // namespace
}  // namespace quartz
