// What a flush costs for each row: putting a memtable into order, and writing it as a table.
#include <cstdint>
#include <filesystem>

#include <benchmark/benchmark.h>

#include "bench/micro/memtable_rows.hpp"
#include "io/file_system.hpp"
#include "storage/flush.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kRows = 400'000;

void memtable_order(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    const MemtableRef memtable = memtable_of_random_rows(kRows, 17);
    state.ResumeTiming();
    memtable->order(kRows);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(memtable_order)->Unit(benchmark::kMillisecond);

void table_build(benchmark::State& state) {
  const std::filesystem::path directory = "quartz_table_build_bench.tmp";
  std::filesystem::create_directories(directory);
  const MemtableRef memtable = memtable_of_random_rows(kRows, 17);
  memtable->order(kRows);
  std::uint64_t number = 1;
  for (auto _ : state) {
    const FlushTables tables = write_flush_tables(
                                   io::posix_file_system(), directory, {memtable.get()},
                                   [](KeyspaceId) { return true; }, &number)
                                   .value();
    state.PauseTiming();
    discard_tables(io::posix_file_system(), tables.files);
    state.ResumeTiming();
  }
  std::filesystem::remove_all(directory);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
}
BENCHMARK(table_build)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace quartz::storage
