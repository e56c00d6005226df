#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/crc32c.hpp"
#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

// What every read or write of the store pays before it does anything: a checksum, a hash, a guard.

namespace quartz {
namespace {

std::vector<std::byte> random_bytes(std::size_t size) {
  Random random(size);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.next());
  return bytes;
}

// Each sum starts from the one before, as nothing may overlap that cannot overlap in the log.
void sum(benchmark::State& state,
         std::uint32_t (*function)(std::span<const std::byte>, std::uint32_t) noexcept) {
  const auto bytes = random_bytes(static_cast<std::size_t>(state.range(0)));
  std::uint32_t crc = 0;
  for (auto _ : state) crc = function(bytes, crc);
  benchmark::DoNotOptimize(crc);
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(sum, crc32c, &crc32c)->Arg(32)->Arg(150)->Arg(4096)->Arg(1 << 20);
BENCHMARK_CAPTURE(sum, crc32c_portable, &crc32c_portable)->Arg(32)->Arg(150)->Arg(4096);

void hash(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const auto bytes = random_bytes(size + 64);
  std::size_t offset = 0;
  for (auto _ : state) {
    const std::string_view key(reinterpret_cast<const char*>(bytes.data()) + offset, size);
    benchmark::DoNotOptimize(hash_key(key, 1));
    offset = (offset + 1) % 64;
  }
}
BENCHMARK(hash)->Arg(8)->Arg(16)->Arg(32)->Arg(100);

void epoch_guard(benchmark::State& state) {
  for (auto _ : state) {
    const EpochGuard guard;
    benchmark::ClobberMemory();
  }
}
BENCHMARK(epoch_guard);

}  // namespace
}  // namespace quartz
