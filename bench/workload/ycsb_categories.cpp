// The core workloads of the Yahoo! Cloud Serving Benchmark (Cooper et al., SoCC 2010): rows of 1
// KB, keys drawn by Zipf's law.
#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "bench/measure/timed_loop.hpp"
#include "bench/workload/category.hpp"
#include "bench/workload/zipf.hpp"

namespace quartz::bench {
namespace {

enum class Action : std::uint8_t { read, update, insert, scan, read_modify_write };

/// Shares of the actions in per cent; the rest are reads.
struct Mix {
  unsigned update = 0;
  unsigned insert = 0;
  unsigned scan = 0;
  unsigned read_modify_write = 0;
  bool latest = false;  ///< Reads prefer what was inserted last.
};

struct Step {
  Action action;
  std::uint8_t rows;  ///< Of a scan.
};

/// What will be done, drawn before the clock starts.
struct Script {
  std::vector<Step> steps;
  KeySequence keys;  ///< One for each step.
};

Action draw_action(const Mix& mix, Random& random) {
  std::uint64_t drawn = random.below(100);
  const auto takes = [&](unsigned share) {
    if (drawn < share) return true;
    drawn -= share;
    return false;
  };
  if (takes(mix.update)) return Action::update;
  if (takes(mix.insert)) return Action::insert;
  if (takes(mix.scan)) return Action::scan;
  if (takes(mix.read_modify_write)) return Action::read_modify_write;
  return Action::read;
}

Script draw_script(const Task& task, const Mix& mix, std::uint64_t length) {
  constexpr std::uint64_t kScanRowsMax = 100;
  const std::uint64_t count = task.kilobyte_count();
  const Zipf zipf(count);
  Random random(task.keys.seed());
  Script script;
  std::vector<std::uint64_t> numbers;
  std::uint64_t next = count;
  for (std::uint64_t i = 0; i < length; ++i) {
    const Action action = draw_action(mix, random);
    script.steps.push_back({action, static_cast<std::uint8_t>(1 + random.below(kScanRowsMax))});
    if (action == Action::insert) {
      numbers.push_back(next++);
    } else {
      numbers.push_back(mix.latest ? next - 1 - zipf.rank(random) : zipf.scattered(random));
    }
  }
  script.keys = task.keys.of(numbers);
  return script;
}

void scan(PeerSession& session, std::string_view from, unsigned rows, std::uint64_t& bytes) {
  const auto cursor = session.cursor();
  cursor->seek(from);
  for (unsigned i = 0; i < rows && cursor->valid(); ++i) {
    bytes += cursor->key().size() + cursor->value().size();
    cursor->next();
  }
}

Measurement run(Task& task, const Mix& mix) {
  const Script script =
      draw_script(task, mix, mix.scan > 0 ? task.keys.count() / 10 : task.keys.count());
  const ValuePool values(task.keys.seed(), kKilobyteValueBytes);
  const auto peer = task.open();
  const auto session = peer->session();
  std::string value;
  const KeySequence all = task.keys.in_order(0, task.kilobyte_count());
  for (std::size_t i = 0; i < all.size(); ++i) session->get(all[i], value);
  std::uint64_t put = 0;
  std::uint64_t scanned_bytes = 0;
  LatencyRecorder latencies;
  const Window window(task);
  const std::uint64_t done = timed_loop(
      task.clock, {script.steps.size(), window.deadline()}, latencies, [&](std::size_t i) {
        const Step step = script.steps[i];
        const std::string_view key = script.keys[i];
        if (step.action == Action::scan) return scan(*session, key, step.rows, scanned_bytes);
        if (step.action == Action::read || step.action == Action::read_modify_write) {
          require(session->get(key, value), "a row of the workload is missing");
        }
        if (step.action == Action::read) return;
        session->put(key, values[i]);
        ++put;
      });
  Measurement measured = window.stop(done);
  latencies.describe(task.clock, measured);
  measured.user_bytes = put * (kKeyBytes + kKilobyteValueBytes);
  return measured;
}

Measurement ycsb_a(Task& task) { return run(task, {.update = 50}); }
Measurement ycsb_b(Task& task) { return run(task, {.update = 5}); }
Measurement ycsb_c(Task& task) { return run(task, {}); }
Measurement ycsb_d(Task& task) { return run(task, {.insert = 5, .latest = true}); }
Measurement ycsb_e(Task& task) { return run(task, {.insert = 5, .scan = 95}); }
Measurement ycsb_f(Task& task) { return run(task, {.read_modify_write = 50}); }

}  // namespace

std::vector<Category> ycsb_categories() {
  constexpr Start kStart = Start::kilobytes;
  return {
      {.name = "ycsb_a", .start = kStart, .measure = ycsb_a},
      {.name = "ycsb_b", .start = kStart, .in_first_look = false, .measure = ycsb_b},
      {.name = "ycsb_c", .start = kStart, .writes = false, .measure = ycsb_c},
      {.name = "ycsb_d", .start = kStart, .in_first_look = false, .measure = ycsb_d},
      {.name = "ycsb_e", .start = kStart, .measure = ycsb_e},
      {.name = "ycsb_f", .start = kStart, .in_first_look = false, .measure = ycsb_f},
  };
}

}  // namespace quartz::bench
