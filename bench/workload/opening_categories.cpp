// From a directory to the first answer: after a clean close, and after a kill.
#include <array>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

Measurement open_and_get(Task& task, std::string_view key, std::uint64_t operations) {
  std::string value;
  const Window window(task);
  const auto peer = task.open();
  const auto session = peer->session();
  require(session->get(key, value), "a key is missing after opening");
  return window.stop(operations);
}

Measurement cold_open(Task& task) { return open_and_get(task, task.keys.in_order(0, 1)[0], 1); }

// Puts keys until all are there or the time is over; how many.
std::uint64_t put_in_time(const Task& task) {
  const KeySequence keys = task.keys.in_order(0, task.small_count());
  const ValuePool values(task.keys.seed(), kSmallValueBytes);
  // Never closed: the process ends in the midst of it.
  auto* const peer = task.open().release();
  auto* const session = peer->session().release();
  LatencyRecorder latencies;
  const std::uint64_t deadline = task.clock.now() + task.clock.span_of_seconds(task.seconds);
  return timed_loop(task.clock, {keys.size(), deadline}, latencies,
                    [&](std::size_t i) { session->put(keys[i], values[i]); });
}

// The dying process is a child from before this one has opened anything: threads that an engine
// keeps for the whole process do not survive a fork. How many rows it left.
std::uint64_t write_and_die(const Task& task) {
  std::array<int, 2> pipe_ends{};
  require(pipe(pipe_ends.data()) == 0, "pipe failed");
  const pid_t child = fork();
  require(child >= 0, "fork failed");
  if (child == 0) {
    const std::uint64_t count = put_in_time(task);
    _exit(write(pipe_ends[1], &count, sizeof(count)) == sizeof(count) ? 0 : 1);
  }
  std::uint64_t count = 0;
  require(read(pipe_ends[0], &count, sizeof(count)) == sizeof(count),
          "the writing process told nothing");
  int status = 0;
  require(waitpid(child, &status, 0) == child && status == 0, "the writing process failed");
  return count;
}

Measurement recovery_full_log(Task& task) {
  task.options.keep_in_log = true;
  task.options.data_bytes_max = 2 * task.small_count() * (kKeyBytes + kSmallValueBytes);
  const std::uint64_t count = write_and_die(task);
  return open_and_get(task, task.keys.in_order(count - 1, 1)[0], count);
}

}  // namespace

std::vector<Category> opening_categories() {
  return {
      {.name = "cold_open", .start = Start::loaded, .writes = false, .measure = cold_open},
      // Long enough for all to write as many rows: what one costs grows with their number.
      {.name = "recovery_full_log", .seconds_factor = 13, .measure = recovery_full_log},
  };
}

}  // namespace quartz::bench
