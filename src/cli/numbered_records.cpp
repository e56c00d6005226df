#include "cli/numbered_records.hpp"

#include <fmt/format.h>

#include "base/random.hpp"

namespace quartz::cli {

std::string numbered_key(std::uint64_t number) { return fmt::format("record:{:012}", number); }

std::string numbered_value(std::uint64_t number) {
  Random random(number);
  std::string value = fmt::format("record {} ", number);
  while (value.size() < 96) value += fmt::format("{:016x}", random.next());
  return value;
}

}  // namespace quartz::cli
