#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "vector/filter_plan.hpp"
#include "vector/payload_indexes.hpp"

// What a search pays before it begins: the estimate that chooses its plan, and the points that a
// filter selects. And what a write pays for that.

namespace quartz::vector {
namespace {

constexpr Slot kPoints = 1'000'000;

std::string payload_of(Random& random, Slot slot) {
  return R"({"lang": "l)" + std::to_string(random.below(20)) + R"(", "year": )" +
         std::to_string(1900 + random.below(120)) + R"(, "time": )" +
         std::to_string(random.below(1'000'000'000'000)) + R"(, "key": "user:)" +
         std::to_string(slot * 7919u % kPoints) + "\"}";
}

struct Points {
  Points() : all(SlotBitmap::range(0, kPoints)) {
    indexes.declare("lang", PayloadIndexKind::keyword).value();
    indexes.declare("year", PayloadIndexKind::integer).value();
    indexes.declare("time", PayloadIndexKind::integer).value();
    indexes.declare("key", PayloadIndexKind::prefix).value();
    Random random(1);
    for (Slot slot = 0; slot < kPoints; ++slot) {
      indexes.add(slot, "", payload_of(random, slot)).value();
    }
  }
  PayloadIndexes indexes;
  SlotBitmap all;
};

const Points& points() {
  static const Points all;
  return all;
}

void estimate(benchmark::State& state, const char* filter) {
  const auto plan = FilterPlan::make(filter, points().indexes).value();
  for (auto _ : state) benchmark::DoNotOptimize(plan.estimate(kPoints));
  state.counters["selected"] = static_cast<double>(plan.estimate(kPoints).expected);
}

void candidates(benchmark::State& state, const char* filter) {
  const auto plan = FilterPlan::make(filter, points().indexes).value();
  for (auto _ : state) benchmark::DoNotOptimize(plan.candidates(points().all));
  const auto found = plan.candidates(points().all);
  state.counters["selected"] = static_cast<double>(found.slots.possible().count());
}

#define QUARTZ_BENCHMARK_FILTER_(name, filter) \
  BENCHMARK_CAPTURE(estimate, name, filter);   \
  BENCHMARK_CAPTURE(candidates, name, filter)->Unit(benchmark::kMicrosecond)
QUARTZ_BENCHMARK_FILTER_(equality, "lang == 'l3'");
QUARTZ_BENCHMARK_FILTER_(negation, "lang != 'l3'");
QUARTZ_BENCHMARK_FILTER_(few_values_range, "year >= 1960");
QUARTZ_BENCHMARK_FILTER_(unique_values_narrow_range, "time < 1000000000");
QUARTZ_BENCHMARK_FILTER_(unique_values_wide_range, "time < 500000000000");
QUARTZ_BENCHMARK_FILTER_(prefix, "key starts_with 'user:12'");
QUARTZ_BENCHMARK_FILTER_(conjunction, "lang == 'l3' and year >= 1960 and time < 500000000000");
QUARTZ_BENCHMARK_FILTER_(without_index, "title == 't' and lang == 'l3'");

// A point that is taken in and forgotten, four values each.
void add_and_remove(benchmark::State& state) {
  static Points changing;
  Random random(2);
  std::vector<std::string> payloads;
  for (Slot slot = 0; slot < 100'000; ++slot) payloads.push_back(payload_of(random, slot));
  std::size_t next = 0;
  for (auto _ : state) {
    const auto slot = static_cast<Slot>(kPoints + next);
    changing.indexes.add(slot, "", payloads[next]).value();
    changing.indexes.remove(slot, "", payloads[next]).value();
    next = next + 1 == payloads.size() ? 0 : next + 1;
  }
  state.counters["bytes_per_point"] = static_cast<double>(changing.indexes.bytes()) / kPoints;
}
BENCHMARK(add_and_remove);

}  // namespace
}  // namespace quartz::vector
