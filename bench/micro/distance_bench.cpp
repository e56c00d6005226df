#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/coding.hpp"
#include "base/random.hpp"
#include "vector/distance_kernels.hpp"

// One query against a few vectors that are near: what is left of a search when memory is no matter.

namespace quartz::vector {
namespace {

constexpr std::size_t kVectors = 16;

/// Vectors that begin at multiples of 64 bytes.
class Vectors {
 public:
  Vectors(std::size_t components, std::size_t component_bytes)
      : stride_(round_up(components * component_bytes, 64)), lines_(kVectors * stride_ / 64) {
    Random random(components);
    for (std::size_t i = 0; i < kVectors; ++i) {
      for (std::size_t j = 0; j < components; ++j) {
        auto* const to = reinterpret_cast<std::byte*>(lines_.data()) + i * stride_;
        if (component_bytes == 1) {
          to[j] = static_cast<std::byte>(random.next());
        } else {
          const auto value = static_cast<float>(random.below(1 << 20)) * 0x1p-20F;
          store(to + 4 * j, std::bit_cast<std::uint32_t>(value));
        }
      }
    }
  }

  const std::byte* operator[](std::size_t i) const {
    return reinterpret_cast<const std::byte*>(lines_.data()) + i * stride_;
  }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };

  std::size_t stride_;
  std::vector<Line> lines_;
};

template <class Kernel>
void distances(benchmark::State& state, Kernel kernel, std::size_t component_bytes) {
  const auto components = static_cast<std::size_t>(state.range(0));
  const Vectors vectors(components, component_bytes);
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(kernel(vectors[0], vectors[i], components));
    i = (i + 1) % kVectors;
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(components * component_bytes));
}

// The sets of instructions are known when the program runs.
const bool registered = [] {
  for (const InstructionSet set : supported_instruction_sets()) {
    const DistanceKernels& kernels = distance_kernels(set);
    const std::string name(to_string(set));
    const auto add = [](const std::string& title, auto kernel, std::size_t component_bytes) {
      benchmark::RegisterBenchmark(
          title.c_str(),
          [=](benchmark::State& state) { distances(state, kernel, component_bytes); })
          ->Arg(128)
          ->Arg(784);
    };
    add("squared_l2_f32/" + name, kernels.squared_l2_f32, 4);
    add("squared_l2_u8/" + name, kernels.squared_l2_u8, 1);
  }
  return true;
}();

}  // namespace
}  // namespace quartz::vector
