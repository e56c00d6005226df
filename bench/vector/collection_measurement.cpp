#include "bench/vector/collection_measurement.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <numeric>
#include <optional>
#include <random>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "bench/measure/latency_recorder.hpp"
#include "bench/measure/operation_clock.hpp"
#include "bench/measure/process_usage.hpp"
#include "bench/run/copy_directory.hpp"
#include "bench/vector/temporary_collection.hpp"
#include "quartz/vector/filter.hpp"

namespace quartz::bench {
namespace {

constexpr std::array kShares = {0.5, 0.1, 0.01, 0.001, 0.0001};
// Of upserts: so many may wait for their place in the graph, more than are ever measured at once.
constexpr std::size_t kPendingMax = 100'000;

/// A point of share s matches a filter of share s or more: by its place in a random order.
class RandomOrder {
 public:
  explicit RandomOrder(std::size_t count) : places_(count) {
    std::iota(places_.begin(), places_.end(), std::size_t{0});
    std::ranges::shuffle(places_, std::mt19937_64(1));
  }
  std::string payload(std::size_t row) const {
    std::string text = fmt::format(R"({{"place":{})", places_[row]);
    for (std::size_t i = 0; i < kShares.size(); ++i) {
      text += fmt::format(R"(,"among_{}":{})", i, places_[row] < bound(i));
    }
    return text + '}';
  }
  Filter truth_value(std::size_t share) const {
    return field(fmt::format("among_{}", share)) == true;
  }
  Filter range(std::size_t share) const { return field("place") < bound(share); }

 private:
  std::int64_t bound(std::size_t share) const {
    return std::max<std::int64_t>(
        1, static_cast<std::int64_t>(kShares.at(share) * static_cast<double>(places_.size())));
  }

  std::vector<std::int64_t> places_;
};

class CollectionMeasurement {
 public:
  CollectionMeasurement(const DataSet& set, const CollectionPlan& plan)
      : set_(set), plan_(plan), order_(set.base.count()) {}

  CollectionResult all() {
    fill_with_payloads();
    rates();
    openings(result_.indexed_open_ns);
    fill();
    openings(result_.clean_open_ns);
    upserts();
    openings_after_kill();
    searches_beside_upserts();
    return std::move(result_);
  }

 private:
  void tell(std::string_view what) {
    plan_.progress(fmt::format("{}: a collection {}", set_.name, what));
  }

  void fill_with_payloads() {
    tell("with payloads is filled");
    VectorCollectionConfig config = measured_collection(set_.base.dimensions, true);
    config.payload_indexes.push_back({"place", PayloadIndexKind::integer});
    for (std::size_t i = 0; i < kShares.size(); ++i) {
      config.payload_indexes.push_back({fmt::format("among_{}", i), PayloadIndexKind::boolean});
    }
    fill(config, [&](std::size_t row) { return order_.payload(row); });
  }
  void fill() {
    tell("is filled");
    fill(measured_collection(set_.base.dimensions, true), {});
  }
  void fill(const VectorCollectionConfig& config,
            const TemporaryCollection::PayloadOf& payload_of) {
    VectorRuntimeConfig filling = kRuntime;
    filling.index_threads = 2;
    collection_.emplace();
    collection_->open(config, filling);
    collection_->fill(set_.base, payload_of);
    collection_->close();
    collection_->open({}, kRuntime);
  }

  VectorSearchOptions options(const Filter& filter = {}) const {
    return {.k = plan_.neighbours, .filter = filter};
  }

  void rates() {
    std::vector<Filter> filters;
    for (const bool range : {false, true}) {
      for (std::size_t i = 0; i < kShares.size(); ++i) {
        result_.filtered.push_back({.filter = range ? "integer range" : "boolean",
                                    .share = kShares.at(i),
                                    .recall = 0,
                                    .plan = {},
                                    .queries_per_second = {}});
        FilteredRate& rate = result_.filtered.back();
        const Filter filter = range ? order_.range(i) : order_.truth_value(i);
        tell(fmt::format("is searched exactly, {} {:g}", rate.filter, rate.share));
        const auto explained = collection_->points().explain(set_.queries.row(0), options(filter));
        rate.plan = explained.value().plan;
        rate.recall = recall(filter);
        filters.push_back(filter);
      }
    }
    result_.recall = recall({});
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      tell(fmt::format("is searched, repetition {}", repetition + 1));
      result_.queries_per_second.push_back(rate_of({}));
      for (std::size_t i = 0; i < filters.size(); ++i) {
        result_.filtered[i].queries_per_second.push_back(rate_of(filters[i]));
      }
    }
  }

  std::size_t filtered_queries() const {
    return std::min(plan_.filtered_queries, set_.queries.count());
  }

  // By scores, so that any of equally near ones will do.
  double recall(const Filter& filter) {
    VectorSearchOptions exactly = options(filter);
    exactly.exact = true;
    std::size_t wanted = 0;
    std::size_t found = 0;
    for (std::size_t i = 0; i < filtered_queries(); ++i) {
      const auto nearest = collection_->points().search(set_.queries.row(i), exactly).value();
      const auto hits = collection_->points().search(set_.queries.row(i), options(filter)).value();
      wanted += nearest.size();
      found += static_cast<std::size_t>(std::ranges::count_if(
          hits, [&](const VectorHit& hit) { return hit.score <= nearest.back().score; }));
    }
    return static_cast<double>(found) / static_cast<double>(wanted);
  }

  double rate_of(const Filter& filter) {
    const VectorSearchOptions asked = options(filter);
    const std::uint64_t begin = thread_cpu_ns();
    for (std::size_t i = 0; i < filtered_queries(); ++i) {
      collection_->points().search(set_.queries.row(i), asked).value();
    }
    const auto ns = static_cast<double>(thread_cpu_ns() - begin);
    return static_cast<double>(filtered_queries()) * 1e9 / ns;
  }

  void openings(std::vector<double>& durations) {
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      tell(fmt::format("is opened, repetition {}", repetition + 1));
      collection_->close();
      durations.push_back(open_ns(*collection_));
    }
  }

  double open_ns(TemporaryCollection& collection) {
    const Stopwatch watch;
    collection.open({}, kRuntime);
    collection.points().search(set_.queries.row(0), options()).value();
    return static_cast<double>(watch.elapsed_ns());
  }

  // New points half way between two of the set's.
  void upsert_one() {
    const std::size_t count = set_.base.count();
    const auto a = set_.base.row(random_() % count);
    const auto b = set_.base.row(random_() % count);
    std::vector<float> middle(a.begin(), a.end());
    for (std::size_t i = 0; i < middle.size(); ++i) middle[i] = (a[i] + b[i]) / 2;
    collection_->points().upsert(fmt::format("new-{}", upserted_++), middle).value();
  }

  void upserts() {
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      tell(fmt::format("takes points, repetition {}", repetition + 1));
      LatencyRecorder latencies;
      for (std::size_t i = 0; i < plan_.upserts; ++i) timed(latencies, [&] { upsert_one(); });
      result_.upserts.push_back(described(latencies));
      collection_->points().wait_until_indexed().value();
    }
  }

  template <class Operation>
  void timed(LatencyRecorder& latencies, const Operation& operation) {
    const std::uint64_t begin = clock_.now();
    operation();
    latencies.sample(clock_.now() - begin);
  }
  Latencies described(const LatencyRecorder& latencies) const {
    Measurement measurement;
    latencies.describe(clock_, measurement);
    return {.p50_ns = measurement.p50_ns.value(), .p99_ns = measurement.p99_ns.value()};
  }

  // A copy of the files of what is open, with upserts that are in the log alone.
  void openings_after_kill() {
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      tell(fmt::format("is opened after a kill, repetition {}", repetition + 1));
      TemporaryCollection killed;
      copy_directory(collection_->directory(), killed.directory()).value();
      result_.crash_open_ns.push_back(open_ns(killed));
    }
  }

  void searches_beside_upserts() {
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      tell(fmt::format("is searched beside upserts, repetition {}", repetition + 1));
      result_.idle_searches.push_back(search_for_a_while());
      std::atomic<bool> done{false};
      const std::uint64_t before = upserted_;
      const Stopwatch watch;
      std::thread writing([&] {
        auto next = std::chrono::steady_clock::now();
        while (!done) {
          upsert_one();
          next += std::chrono::nanoseconds(1'000'000'000 / plan_.upserts_per_second);
          std::this_thread::sleep_until(next);
        }
      });
      result_.busy_searches.push_back(search_for_a_while());
      done = true;
      writing.join();
      const auto seconds = static_cast<double>(watch.elapsed_ns()) / 1e9;
      result_.upserts_per_second.push_back(static_cast<double>(upserted_ - before) / seconds);
      collection_->points().wait_until_indexed().value();
    }
  }

  Latencies search_for_a_while() {
    LatencyRecorder latencies;
    const std::uint64_t end = clock_.now() + clock_.span_of_seconds(plan_.busy_seconds);
    for (std::size_t i = 0; clock_.now() < end; i = (i + 1) % set_.queries.count()) {
      timed(latencies,
            [&] { collection_->points().search(set_.queries.row(i), options()).value(); });
    }
    return described(latencies);
  }

  static constexpr VectorRuntimeConfig kRuntime = {.index_threads = 1,
                                                   .pending_points_max = kPendingMax};

  const DataSet& set_;
  const CollectionPlan& plan_;
  const OperationClock clock_;
  RandomOrder order_;
  std::optional<TemporaryCollection> collection_;
  std::mt19937_64 random_{2};
  std::uint64_t upserted_ = 0;
  CollectionResult result_;
};

}  // namespace

CollectionResult measure_collection(const DataSet& set, const CollectionPlan& plan) {
  return CollectionMeasurement(set, plan).all();
}

}  // namespace quartz::bench
