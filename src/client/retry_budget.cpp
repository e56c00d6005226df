#include "client/retry_budget.hpp"

#include <algorithm>

namespace quartz::client {

bool RetryBudget::try_take(std::uint32_t tokens) noexcept {
  std::uint32_t current = tokens_.load(std::memory_order_relaxed);
  do {
    if (current < tokens || current == 0) return false;
  } while (!tokens_.compare_exchange_weak(current, current - tokens, std::memory_order_relaxed));
  return true;
}

void RetryBudget::refund(std::uint32_t tokens) noexcept {
  std::uint32_t current = tokens_.load(std::memory_order_relaxed);
  std::uint32_t wanted = current;
  do {
    if (current == tokens_max_) return;  // So that a healthy endpoint's requests write nothing.
    wanted = current + std::min(tokens, tokens_max_ - current);
  } while (!tokens_.compare_exchange_weak(current, wanted, std::memory_order_relaxed));
}

}  // namespace quartz::client
