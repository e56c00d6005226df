#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/counter.hpp"
#include "base/histogram.hpp"
#include "server/resp/command.hpp"
#include "server/statistics/call_statistics.hpp"
#include "server/statistics/error_counts.hpp"

namespace quartz::server {

/// What the commands of a server were asked for, how long they took, and what went wrong.
/// Threads: any number at a time.
class CommandStatistics {
 public:
  CommandStatistics();

  /// It ran, successfully or not. Cost: a few stores.
  void called(const Command& command, std::uint64_t nanoseconds) noexcept {
    calls_.record(command.index, nanoseconds);
  }
  /// Commands were committed together.
  void committed(std::uint64_t nanoseconds) noexcept { calls_.record(commit_, nanoseconds); }
  /// It ran and replied with an error, which `reply` begins with.
  void failed(const Command& command, std::string_view reply);
  /// It was not let run; null: there is no such command.
  void rejected(const Command* command, std::string_view reply);

  struct Figures {
    const Command* command;
    HistogramReading latency;  ///< In nanoseconds, one for each call.
    std::uint64_t rejected = 0;
    std::uint64_t failed = 0;
  };
  /// Of those commands for which there is anything, by name.
  std::vector<Figures> all() const;
  Figures of(const Command& command) const;
  HistogramReading commits() const { return calls_.reading(commit_); }
  const ErrorCounts& errors() const noexcept { return errors_; }
  /// How many errors were replied.
  std::uint64_t error_count() const noexcept {
    return error_count_.load(std::memory_order_relaxed);
  }
  void reset();

 private:
  using Counter = std::atomic<std::uint64_t>;

  void count_error(std::string_view reply);

  const std::size_t commit_;  // The kind of call behind those of all commands.
  CallStatistics calls_;
  std::vector<Counter> rejected_;
  std::vector<Counter> failed_;
  Counter error_count_{0};
  ErrorCounts errors_;
};

}  // namespace quartz::server
