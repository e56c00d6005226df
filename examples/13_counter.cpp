// Several threads increment one counter, and no increment is lost: each reads, adds and writes
// under the condition that what it read is unchanged. Teaches: read sets, conditional writes.

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include <quartz/quartz.hpp>

// Adds one; how often somebody else was faster.
int increment(quartz::StorageEngine& engine) {
  quartz::ReadSet reads;
  for (int conflicts = 0;; ++conflicts) {
    // The sequence first, then the reading: whatever is written after it is a conflict.
    reads.restart(engine.sequence());
    reads.add("visits");
    const std::string visits = engine.get("visits").value().value_or("0");
    const auto written =
        engine.put("visits", std::to_string(std::stoi(visits) + 1), {.unchanged = &reads});
    if (written) return conflicts;
    if (written.error().code() != quartz::Errc::conflict) {
      std::cerr << written.error().to_string() << '\n';
      std::exit(1);
    }
  }
}

int main() {
  auto engine = quartz::StorageEngine::open("./counter_db").value();
  engine.remove("visits").value();
  std::atomic<int> conflicts{0};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 25000; ++i) conflicts += increment(engine);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::cout << engine.get("visits").value().value() << " visits, " << conflicts
            << " times somebody else was faster\n";
  return engine.get("visits").value() == "100000" ? 0 : 1;
}
