#include "support/waiting_threads.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

namespace quartz {

namespace {

bool others_are_waiting() {
  const std::filesystem::directory_iterator threads("/proc/self/task");
  return std::all_of(begin(threads), end(threads), [](const auto& entry) {
    const pid_t thread = std::stoi(entry.path().filename().string());
    return thread == ::gettid() || is_waiting(thread);
  });
}

}  // namespace

bool is_waiting(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string stat;
  std::getline(file, stat);
  // Its number, its name in parentheses, its state. Nothing is left of one that has ended.
  return stat.empty() || stat.compare(stat.rfind(')'), 3, ") S") == 0;
}

void wait_until_others_are_waiting() {
  // One of them may be on its way from one lock to the next.
  constexpr int kLooks = 20;
  for (int calm = 0; calm < kLooks;) {
    calm = others_are_waiting() ? calm + 1 : 0;
    std::this_thread::yield();
  }
}

}  // namespace quartz
