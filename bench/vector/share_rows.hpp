#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace quartz::bench {

/// Calls `work` on so many threads, the caller's among them, with a function that gives each row
/// below `count` to one of them, and `count` at the end: work that sets up things for its thread
/// does so once.
template <class Work>
void share_rows(std::size_t count, unsigned threads, const Work& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] { return std::min(next.fetch_add(1, std::memory_order_relaxed), count); };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back([&] { work(take); });
  work(take);
}

}  // namespace quartz::bench
