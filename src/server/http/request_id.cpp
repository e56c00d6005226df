#include "server/http/request_id.hpp"

#include <algorithm>
#include <atomic>
#include <random>

#include <fmt/compile.h>

#include "base/random.hpp"

namespace quartz::server {

bool is_sane_request_id(std::string_view id) noexcept {
  return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

std::string make_request_id() {
  static const std::uint64_t start = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  static std::atomic<std::uint64_t> count{0};
  // The generator is a bijection of its seed, so that counting on never repeats an id.
  Random scrambled(start + count.fetch_add(1, std::memory_order_relaxed));
  return fmt::format(FMT_COMPILE("{:016x}"), scrambled.next());
}

}  // namespace quartz::server
