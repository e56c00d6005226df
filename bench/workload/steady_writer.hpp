#pragma once

#include <atomic>
#include <thread>

#include "bench/workload/category.hpp"

namespace quartz::bench {

/// A thread that writes at one rate for every engine, while others are measured: at full speed the
/// fastest writer would have the slowest readers.
class SteadyWriter {
 public:
  /// Puts `keys` over and over, 50,000 a second. Both outlive it.
  SteadyWriter(const Task& task, Peer& peer, const KeySequence& keys);
  ~SteadyWriter() { stop(); }
  SteadyWriter(const SteadyWriter&) = delete;
  SteadyWriter& operator=(const SteadyWriter&) = delete;
  /// Ends it; how many rows it wrote.
  std::uint64_t stop();

 private:
  void run(const Task& task, Peer& peer, const KeySequence& keys);

  std::atomic<bool> stop_{false};
  std::uint64_t written_ = 0;
  std::thread thread_;
};

}  // namespace quartz::bench
