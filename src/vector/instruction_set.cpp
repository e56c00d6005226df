#include "vector/instruction_set.hpp"

#include <array>
#include <cstddef>

namespace quartz::vector {
namespace {

struct Sets {
  std::array<InstructionSet, 5> sets{};
  std::size_t count = 0;

  void add(InstructionSet set) noexcept { sets[count++] = set; }
};

// The compiler's checks know whether the system saves the wide registers, too.
Sets look() noexcept {
  Sets found;
  found.add(InstructionSet::plain);
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1") &&
      __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt")) {
    found.add(InstructionSet::sse4);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("f16c")) {
    found.add(InstructionSet::avx2);
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni")) {
    found.add(InstructionSet::avx512);
  }
#elif defined(__aarch64__)
  found.add(InstructionSet::neon);
#endif
  return found;
}

}  // namespace

std::string_view to_string(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::plain:
      return "plain";
    case InstructionSet::sse4:
      return "sse4";
    case InstructionSet::avx2:
      return "avx2";
    case InstructionSet::avx512:
      return "avx512";
    case InstructionSet::neon:
      return "neon";
  }
  return "unknown";
}

std::span<const InstructionSet> supported_instruction_sets() noexcept {
  static const Sets found = look();
  return std::span(found.sets).first(found.count);
}

InstructionSet best_instruction_set() noexcept { return supported_instruction_sets().back(); }

}  // namespace quartz::vector
