// Walking over several memtables as one: a step for each row, and a seek with ten steps.
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "bench/micro/memtable_rows.hpp"
#include "storage/merge_iterator.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kRows = 400'000;  // Of all memtables together.

class Sources {
 public:
  explicit Sources(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      memtables_.push_back(memtable_of_random_rows(kRows / count, i + 1));
      memtables_.back()->order(kRows);
    }
  }
  MergeIterator merged() const {
    std::vector<const Memtable*> sources;
    for (const MemtableRef& memtable : memtables_) sources.push_back(memtable.get());
    return MergeIterator(sources, std::nullopt, kDefaultKeyspaceId, kSequenceMax,
                         MergeIterator::Tombstones::hide);
  }

 private:
  std::vector<MemtableRef> memtables_;
};

void merge_walk(benchmark::State& state) {
  const Sources sources(static_cast<std::size_t>(state.range(0)));
  std::int64_t rows = 0;
  for (auto _ : state) {
    MergeIterator merged = sources.merged();
    std::size_t bytes = 0;
    for (merged.seek_to_first(); merged.valid(); merged.next()) {
      bytes += merged.value().size();
      ++rows;
    }
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(rows);
}
BENCHMARK(merge_walk)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Unit(benchmark::kMillisecond);

void merge_seek_and_ten_steps(benchmark::State& state) {
  const Sources sources(static_cast<std::size_t>(state.range(0)));
  Random random(23);
  MergeIterator merged = sources.merged();
  for (auto _ : state) {
    const std::uint64_t words[] = {random.next(), random.next()};
    std::array<char, sizeof(words)> key{};
    std::memcpy(key.data(), words, sizeof(words));
    merged.seek({key.data(), key.size()});
    for (int step = 0; step < 10 && merged.valid(); ++step) merged.next();
  }
}
BENCHMARK(merge_seek_and_ten_steps)->Arg(1)->Arg(2)->Arg(4)->Arg(8);

}  // namespace
}  // namespace quartz::storage
