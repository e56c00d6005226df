#include "support/number_from_environment.hpp"

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace quartz {

std::uint64_t number_from_environment(const char* name, std::uint64_t fallback) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return fallback;
  const char* const end = text + std::strlen(text);
  std::uint64_t number = 0;
  const auto [stopped, failure] = std::from_chars(text, end, number);
  if (failure != std::errc{} || stopped != end) {
    std::cerr << name << "=" << text << " is not a number\n";
    std::abort();
  }
  return number;
}

}  // namespace quartz
