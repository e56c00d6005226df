// How often the cache answers, beside an exact LRU of the same size on the same requests.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "base/epoch.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "storage/row_cache.hpp"

namespace quartz::storage {
namespace {

using Trace = std::vector<std::uint64_t>;  // Key numbers in the order they are asked for.

/// Draws ranks with probability proportional to 1 / rank^exponent.
class Zipf {
 public:
  Zipf(std::size_t keys, double exponent) : cumulative_(keys) {
    double sum = 0;
    for (std::size_t i = 0; i < keys; ++i) {
      cumulative_[i] = sum += 1.0 / std::pow(static_cast<double>(i + 1), exponent);
    }
  }

  std::uint64_t draw(Random& random) const {
    const double at = static_cast<double>(random.next() >> 11) * 0x1p-53 * cumulative_.back();
    const auto rank = std::lower_bound(cumulative_.begin(), cumulative_.end(), at);
    return static_cast<std::uint64_t>(rank - cumulative_.begin());
  }

 private:
  std::vector<double> cumulative_;
};

Trace zipf_trace(std::size_t requests, std::size_t keys, std::uint64_t seed) {
  const Zipf zipf(keys, 0.99);
  Random random(seed);
  Trace trace(requests);
  for (auto& key : trace) key = zipf.draw(random);
  return trace;
}

/// Zipf requests, and every now and then a scan over keys that nobody else asks for.
Trace zipf_and_scans(std::size_t requests, std::size_t keys, std::size_t scan_every,
                     std::size_t scan_length, std::uint64_t seed) {
  Trace trace;
  std::uint64_t scanned = keys;
  std::size_t i = 0;
  for (const std::uint64_t key : zipf_trace(requests, keys, seed)) {
    trace.push_back(key);
    if (++i % scan_every == 0) {
      for (std::size_t s = 0; s < scan_length; ++s) trace.push_back(scanned++);
    }
  }
  return trace;
}

double lru_hit_ratio(const Trace& trace, std::size_t rows_max) {
  std::list<std::uint64_t> by_use;
  std::unordered_map<std::uint64_t, std::list<std::uint64_t>::iterator> rows;
  std::size_t hits = 0;
  for (const std::uint64_t key : trace) {
    const auto found = rows.find(key);
    if (found != rows.end()) {
      ++hits;
      by_use.splice(by_use.begin(), by_use, found->second);
      continue;
    }
    if (rows.size() == rows_max) {
      rows.erase(by_use.back());
      by_use.pop_back();
    }
    by_use.push_front(key);
    rows.emplace(key, by_use.begin());
  }
  return static_cast<double>(hits) / static_cast<double>(trace.size());
}

double cache_hit_ratio(const Trace& trace, std::size_t rows_max) {
  RowCache cache(rows_max, std::size_t{1} << 30);
  std::size_t hits = 0;
  for (const std::uint64_t number : trace) {
    const std::string key = std::to_string(number);
    const std::uint64_t hash = hash_key(key, kDefaultKeyspaceId);
    const EpochGuard guard;
    if (cache.find(kDefaultKeyspaceId, key, hash, 0)) {
      ++hits;
    } else {
      cache.fill(kDefaultKeyspaceId, key, hash, "value", 1);
    }
  }
  return static_cast<double>(hits) / static_cast<double>(trace.size());
}

void expect_at_least_lru(const Trace& trace, std::size_t rows_max) {
  const double lru = lru_hit_ratio(trace, rows_max);
  const double cache = cache_hit_ratio(trace, rows_max);
  const std::string suffix = "_at_" + std::to_string(rows_max);
  testing::Test::RecordProperty("lru" + suffix, std::to_string(lru));
  testing::Test::RecordProperty("cache" + suffix, std::to_string(cache));
  EXPECT_GE(cache, lru) << rows_max << " rows";
}

TEST(RowCacheHitRatio, zipf_requests_hit_at_least_as_often_as_with_lru) {
  const Trace trace = zipf_trace(120'000, 20'000, 1);
  for (const std::size_t rows : {20u, 200u, 2'000u, 8'000u}) expect_at_least_lru(trace, rows);
}

TEST(RowCacheHitRatio, scans_among_zipf_requests_cost_less_than_with_lru) {
  const Trace trace = zipf_and_scans(80'000, 20'000, 5'000, 2'500, 2);
  for (const std::size_t rows : {200u, 2'000u, 8'000u}) expect_at_least_lru(trace, rows);
}

TEST(RowCacheHitRatio, a_steady_trickle_of_rows_read_once_costs_less_than_with_lru) {
  const Trace trace = zipf_and_scans(80'000, 20'000, 2, 1, 3);
  for (const std::size_t rows : {200u, 2'000u, 8'000u}) expect_at_least_lru(trace, rows);
}

TEST(RowCacheHitRatio, scans_over_the_same_rows_again_and_again_cost_less_than_with_lru) {
  Trace trace;
  std::uint64_t scanned = 0;
  for (const std::uint64_t key : zipf_trace(80'000, 20'000, 4)) {
    trace.push_back(key);
    trace.push_back(scanned++ % 20'000);
  }
  for (const std::size_t rows : {200u, 2'000u, 8'000u}) expect_at_least_lru(trace, rows);
}

TEST(RowCacheHitRatio, tiny_caches_hit_at_least_as_often_as_with_lru) {
  const Trace trace = zipf_trace(50'000, 1'000, 5);
  for (const std::size_t rows : {1u, 2u, 3u, 7u, 16u}) expect_at_least_lru(trace, rows);
}

}  // namespace
}  // namespace quartz::storage
