#include "bench/workload/steady_writer.hpp"

#include <chrono>

namespace quartz::bench {

SteadyWriter::SteadyWriter(const Task& task, Peer& peer, const KeySequence& keys)
    : thread_([this, &task, &peer, &keys] { run(task, peer, keys); }) {}

std::uint64_t SteadyWriter::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return written_;
}

void SteadyWriter::run(const Task& task, Peer& peer, const KeySequence& keys) {
  constexpr std::uint64_t kRowsPerTurn = 100;
  constexpr std::chrono::milliseconds kTurn(2);
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  const auto session = peer.session();
  auto due = std::chrono::steady_clock::now();
  while (!stop_.load(std::memory_order_relaxed)) {
    session->put(keys[written_ % keys.size()], values[written_]);
    if (++written_ % kRowsPerTurn != 0) continue;
    due += kTurn;
    std::this_thread::sleep_until(due);
  }
}

}  // namespace quartz::bench
