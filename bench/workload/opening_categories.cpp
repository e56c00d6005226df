// From a directory to the first answer: after a clean close, and after a kill.
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/workload/category.hpp"

namespace quartz::bench {
namespace {

std::uint64_t recovered_count(const Task& task) { return task.small_count(); }

Measurement open_and_get(Task& task, std::string_view key, std::uint64_t operations) {
  std::string value;
  const Window window(task);
  const auto peer = task.open();
  const auto session = peer->session();
  require(session->get(key, value), "a key is missing after opening");
  return window.stop(operations);
}

Measurement cold_open(Task& task) { return open_and_get(task, task.keys.in_order(0, 1)[0], 1); }

// The dying process is a child from before this one has opened anything: threads that an engine
// keeps for the whole process do not survive a fork.
void write_and_die(Task& task) {
  const pid_t child = fork();
  require(child >= 0, "fork failed");
  if (child == 0) {
    const KeySequence keys = task.keys.in_order(0, recovered_count(task));
    const ValuePool values(task.keys.seed(), kSmallValueBytes);
    const auto peer = task.open();
    const auto session = peer->session();
    for (std::size_t i = 0; i < keys.size(); ++i) session->put(keys[i], values[i]);
    _exit(0);  // Nothing is closed, no destructor runs.
  }
  int status = 0;
  require(waitpid(child, &status, 0) == child && status == 0, "the writing process failed");
}

Measurement recovery_full_log(Task& task) {
  const std::uint64_t count = recovered_count(task);
  task.options.keep_in_log = true;
  task.options.data_bytes_max = 2 * count * (kKeyBytes + kSmallValueBytes);
  write_and_die(task);
  return open_and_get(task, task.keys.in_order(count - 1, 1)[0], count);
}

}  // namespace

std::vector<Category> opening_categories() {
  return {
      {.name = "cold_open", .start = Start::loaded, .writes = false, .measure = cold_open},
      {.name = "recovery_full_log", .measure = recovery_full_log},
  };
}

}  // namespace quartz::bench
