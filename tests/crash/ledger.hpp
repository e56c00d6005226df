#pragma once

#include <array>
#include <cstdint>

#include "crash/report.hpp"
#include "crash/steps.hpp"
#include "crash/writer.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {

/// The rows that a writer's steps have left.
WriterRows rows_of_writer(const StorageEngine& engine, const Keyspace& second,
                          std::uint32_t writer);

/// What each writer was told is safe, kept outside of the processes that are killed.
class Ledger {
 public:
  std::uint64_t next_step(std::uint32_t writer) const { return writers_[writer].steps; }
  /// Steps are acknowledged in their order, which it expects in the manner of GoogleTest.
  void acknowledge(const Acknowledgement& one);
  /// Expects every writer's rows to be those after its last acknowledged step, or after the one
  /// that it was about to make: nothing acknowledged is lost, nothing is torn, nothing is made up.
  void compare(const StorageEngine& engine, const Keyspace& second);

 private:
  struct Writer {
    std::uint64_t steps = 0;
    WriterRows rows;
  };

  std::array<Writer, kWritersMax> writers_;
};

}  // namespace quartz
