// The memtable's index beside ordered maps of the standard library: 16-byte keys with values of 100
// bytes that lie in memory as in a log segment. The sorted array is what reading could cost at best
// where nothing is ever added.

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kRows = 1'000'000;
constexpr std::size_t kKeyBytes = 16;
constexpr std::uint64_t kSeed = 17;

enum class Order : std::uint8_t { random, ascending };

// Questions lie in a row, so that reading them costs no cache miss of its own.
struct Key {
  std::array<char, kKeyBytes> bytes;
  std::string_view text() const { return {bytes.data(), bytes.size()}; }
};

// Rows in the order of their insertion, and questions in another.
struct Rows {
  std::shared_ptr<LogSegment> segment = std::make_shared<LogSegment>();
  std::vector<OperationView> operations;
  std::vector<Key> present;  // Every key, shuffled.
  std::vector<Key> absent;   // Like them up to the last byte, and not there.
};

Key make_key(Order order, Random& random, std::size_t number) {
  Key key;
  if (order == Order::random) {
    const std::uint64_t halves[] = {random.next(), random.next()};
    std::memcpy(key.bytes.data(), halves, sizeof(halves));
  } else {
    char text[kKeyBytes + 1];
    std::snprintf(text, sizeof(text), "key%013zu", number);
    std::memcpy(key.bytes.data(), text, kKeyBytes);
  }
  return key;
}

Rows make_rows(Order order) {
  constexpr std::size_t kRecordBytes = 32;  // What the log puts before a write.
  const std::string value(100, 'v');
  const std::size_t bytes_each = kRecordBytes + operation_bytes(kKeyBytes, value.size());
  Random random(kSeed);
  Rows rows;
  rows.segment->memory = io::Mapping::anonymous(kRows * bytes_each).value();
  for (std::size_t i = 0; i < kRows; ++i) {
    Key key = make_key(order, random, i);
    std::byte* at = rows.segment->memory.data() + i * bytes_each;
    encode_operation(at, OperationType::put, 0, key.text(), value);
    rows.operations.emplace_back(at);
    rows.present.push_back(key);
    key.bytes.back() = static_cast<char>(key.bytes.back() ^ 0x40);
    rows.absent.push_back(key);
  }
  std::shuffle(rows.present.begin(), rows.present.end(), random);
  std::shuffle(rows.absent.begin(), rows.absent.end(), random);
  return rows;
}

const Rows& rows_of(Order order) {
  static const Rows random = make_rows(Order::random);
  static const Rows ascending = make_rows(Order::ascending);
  return order == Order::random ? random : ascending;
}

MemtableRef filled(const Rows& rows) {
  MemtableRef memtable = MemtableRef::adopt(new Memtable(rows.segment));
  Sequence sequence = 0;
  for (const OperationView operation : rows.operations) {
    memtable->insert(++sequence, operation);
  }
  return memtable;
}

using Map = std::map<std::string_view, OperationView>;
Map filled_map(const Rows& rows) {
  Map map;
  for (const OperationView operation : rows.operations) {
    map.emplace(operation.key(), operation);
  }
  return map;
}

void finish(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRows));
  state.counters["each"] =
      benchmark::Counter(static_cast<double>(kRows), benchmark::Counter::kIsIterationInvariantRate |
                                                         benchmark::Counter::kInvert);
}

template <Order order>
void memtable_insert(benchmark::State& state) {
  const Rows& rows = rows_of(order);
  std::size_t index_bytes = 0;
  for (auto _ : state) {
    const MemtableRef memtable = filled(rows);
    index_bytes = memtable->index_bytes();
  }
  finish(state);
  state.counters["bytes_each"] = static_cast<double>(index_bytes) / static_cast<double>(kRows);
}

template <Order order>
void map_insert(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(filled_map(rows_of(order)));
  }
  finish(state);
}

template <Order order, bool present>
void memtable_find(benchmark::State& state) {
  const Rows& rows = rows_of(order);
  const MemtableRef memtable = filled(rows);
  for (auto _ : state) {
    for (const Key& key : present ? rows.present : rows.absent) {
      const MemtableHit hit = memtable->find(0, key.text(), hash_key(key.text(), 0), kSequenceMax);
      if ((hit.kind == MemtableHit::Kind::value) != present) {
        state.SkipWithError("wrong answer");
      }
    }
  }
  finish(state);
}

template <Order order, bool present>
void map_find(benchmark::State& state) {
  const Rows& rows = rows_of(order);
  const Map map = filled_map(rows);
  for (auto _ : state) {
    for (const Key& key : present ? rows.present : rows.absent) {
      benchmark::DoNotOptimize(map.find(key.text()));
    }
  }
  finish(state);
}

// Takes the sequence of each row; with its key as well, the scan also meets the segment's bytes.
template <Order order, bool with_key>
void memtable_scan(benchmark::State& state) {
  const MemtableRef memtable = filled(rows_of(order));
  for (auto _ : state) {
    Memtable::Iterator it(*memtable, 0, kSequenceMax);
    Sequence sum = 0;
    for (it.seek_to_first(); it.valid(); it.next()) {
      sum += it.sequence();
      if constexpr (with_key) {
        sum += static_cast<unsigned char>(it.key().back());
      }
    }
    benchmark::DoNotOptimize(sum);
  }
  finish(state);
}

template <Order order>
void map_scan(benchmark::State& state) {
  const Map map = filled_map(rows_of(order));
  for (auto _ : state) {
    std::size_t sum = 0;
    for (const auto& [key, operation] : map) {
      sum += static_cast<unsigned char>(key.back());
    }
    benchmark::DoNotOptimize(sum);
  }
  finish(state);
}

template <Order order>
void sorted_array_find(benchmark::State& state) {
  const Rows& rows = rows_of(order);
  std::vector<std::string_view> keys;
  for (const Key& key : rows.present) {
    keys.push_back(key.text());
  }
  std::sort(keys.begin(), keys.end());
  for (auto _ : state) {
    for (const Key& key : rows.present) {
      benchmark::DoNotOptimize(std::lower_bound(keys.begin(), keys.end(), key.text()));
    }
  }
  finish(state);
}

#define QUARTZ_BOTH_ORDERS(name)                                 \
  BENCHMARK(name<Order::random>)->Unit(benchmark::kMillisecond); \
  BENCHMARK(name<Order::ascending>)->Unit(benchmark::kMillisecond)
#define QUARTZ_BOTH_ORDERS_WITH(name, flag)                            \
  BENCHMARK(name<Order::random, flag>)->Unit(benchmark::kMillisecond); \
  BENCHMARK(name<Order::ascending, flag>)->Unit(benchmark::kMillisecond)

QUARTZ_BOTH_ORDERS(memtable_insert);
QUARTZ_BOTH_ORDERS(map_insert);
QUARTZ_BOTH_ORDERS_WITH(memtable_find, true);
QUARTZ_BOTH_ORDERS_WITH(map_find, true);
QUARTZ_BOTH_ORDERS(sorted_array_find);
QUARTZ_BOTH_ORDERS_WITH(memtable_find, false);
QUARTZ_BOTH_ORDERS_WITH(map_find, false);
QUARTZ_BOTH_ORDERS_WITH(memtable_scan, false);
QUARTZ_BOTH_ORDERS_WITH(memtable_scan, true);
QUARTZ_BOTH_ORDERS(map_scan);

}  // namespace
}  // namespace quartz::storage

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::AddCustomContext("seed", std::to_string(quartz::storage::kSeed));
  benchmark::AddCustomContext("rows", std::to_string(quartz::storage::kRows));
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
