#include "client/metrics_recorder.hpp"

#include <iterator>

#include <fmt/format.h>

namespace quartz::client {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

// The bounds that OpenTelemetry advises for durations of clients of databases.
struct Bound {
  std::string_view text;
  std::uint64_t nanoseconds;
};
constexpr std::array kBounds = {
    Bound{"0.001", 1'000'000},   Bound{"0.005", 5'000'000},   Bound{"0.01", 10'000'000},
    Bound{"0.05", 50'000'000},   Bound{"0.1", 100'000'000},   Bound{"0.5", 500'000'000},
    Bound{"1.0", 1'000'000'000}, Bound{"5.0", 5'000'000'000}, Bound{"10.0", 10'000'000'000},
};

/// Text as it grows.
class Writer {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    print("# TYPE {} {}\n# HELP {} {}\n", name, type, name, help);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "gauge", help);
    print("{} {}\n", name, value);
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t value) {
    family(name, "counter", help);
    print("{}_total {}\n", name, value);
  }
  void seconds_family(std::string_view name, std::string_view help) {
    family(name, "histogram", help);
    print("# UNIT {} seconds\n", name);
  }
  void seconds(std::string_view name, std::string_view labels, const Histogram& histogram) {
    HistogramReading reading;
    reading.add(histogram);
    for (const Bound& bound : kBounds) {
      print("{}_bucket{{{},le=\"{}\"}} {}\n", name, labels, bound.text,
            reading.count_up_to(bound.nanoseconds));
    }
    print("{}_bucket{{{},le=\"+Inf\"}} {}\n", name, labels, reading.count());
    print("{}_count{{{}}} {}\n", name, labels, reading.count());
    print("{}_sum{{{}}} {}\n", name, labels,
          static_cast<double>(reading.sum()) / kNanosecondsPerSecond);
  }
  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }
  std::string finish() {
    text_ += "# EOF\n";
    return std::move(text_);
  }

 private:
  std::string text_;
};

constexpr std::string_view kSystem = "db_system_name=\"quartz\"";

void write_connections(Writer& to, const ClientMetrics& metrics, const Histogram& create) {
  constexpr std::string_view kCount = "db_client_connection_count";
  const auto print = [&to](std::string_view name, std::string_view pool, std::string_view state,
                           std::uint64_t value) {
    to.print("{}{{db_client_connection_pool_name=\"{}\"{}}} {}\n", name, pool, state, value);
  };
  constexpr std::string_view kUsed = ",state=\"used\"";
  to.family(kCount, "gauge", "Connections that are open.");
  print(kCount, "shared", kUsed, metrics.connections);
  print(kCount, "leases", kUsed, metrics.leases);
  print(kCount, "leases", ",state=\"idle\"", metrics.leases_idle);
  print(kCount, "subscriptions", kUsed, metrics.subscriptions);
  constexpr std::string_view kMax = "db_client_connection_max";
  to.family(kMax, "gauge", "Connections that there may be.");
  print(kMax, "shared", "", metrics.connections_max);
  print(kMax, "leases", "", metrics.leases_max);
  constexpr std::string_view kPending = "db_client_connection_pending_requests";
  to.family(kPending, "gauge", "Requests and leases that wait for their turn.");
  print(kPending, "shared", "", metrics.requests_waiting);
  print(kPending, "leases", "", metrics.leases_waiting);
  constexpr std::string_view kCreate = "db_client_connection_create_time_seconds";
  to.seconds_family(kCreate, "Time until a connection was open.");
  to.seconds(kCreate, kSystem, create);
  to.counter("quartz_client_connections_failed", "Connections that were never open.",
             metrics.connections_failed);
  to.counter("quartz_client_connections_lost", "Open connections that ended by themselves.",
             metrics.connections_lost);
}

void write_requests(Writer& to, const ClientMetrics& metrics) {
  to.gauge("quartz_client_requests", "Requests under way.", metrics.requests);
  to.counter("quartz_client_retries", "Attempts beyond the first ones.", metrics.retries);
  to.counter("quartz_client_retries_refused", "Retries that there were no tokens for.",
             metrics.retries_refused);
  to.counter("quartz_client_hedges", "Reads that were sent a second time.", metrics.hedges);
  to.counter("quartz_client_hedges_won", "Of those, how many the second one has answered.",
             metrics.hedges_won);
  to.counter("quartz_client_hedges_refused", "Reads that were not, for want of budget.",
             metrics.hedges_refused);
}

void write_cache(Writer& to, const ClientMetrics::NearCache& cache) {
  to.counter("quartz_client_near_cache_hits", "Reads that the near cache answered.", cache.hits);
  to.counter("quartz_client_near_cache_misses", "Reads that went to the server.", cache.misses);
  to.counter("quartz_client_near_cache_waits", "Reads that waited for the same one of another.",
             cache.waits);
  to.counter("quartz_client_near_cache_invalidations", "Values that the server said have changed.",
             cache.invalidations);
  to.counter("quartz_client_near_cache_overtaken", "Replies that came too late to be kept.",
             cache.overtaken);
  to.counter("quartz_client_near_cache_evictions", "Values that made room.", cache.evictions);
  to.gauge("quartz_client_near_cache_entries", "Values in the near cache.", cache.entries);
  to.gauge("quartz_client_near_cache_bytes", "What they take.", cache.bytes);
}

}  // namespace

MetricsRecorder::MetricsRecorder(std::span<const std::string_view> operations)
    : operations_(operations.size()) {
  for (std::size_t i = 0; i < operations.size(); ++i) operations_[i].name = operations[i];
}

MetricsRecorder::~MetricsRecorder() {
  for (Operation& operation : operations_) {
    for (const auto& histogram : operation.durations) delete histogram.load();
  }
}

Histogram& MetricsRecorder::histogram_of(std::atomic<Histogram*>& place) {
  Histogram* present = place.load(std::memory_order_acquire);
  if (present != nullptr) return *present;
  auto made = std::make_unique<Histogram>();
  if (!place.compare_exchange_strong(present, made.get(), std::memory_order_acq_rel)) {
    return *present;  // Another thread was first.
  }
  return *made.release();
}

void MetricsRecorder::record_operation(std::size_t index, std::chrono::nanoseconds duration,
                                       std::optional<ClientErrc> failure) {
  const std::size_t outcome = failure ? 1 + static_cast<std::size_t>(*failure) : 0;
  histogram_of(operations_.at(index).durations.at(outcome))
      .record(static_cast<std::uint64_t>(duration.count()));
}

template <class Visit>
void MetricsRecorder::for_each_operation(Visit visit) const {
  for (const Operation& operation : operations_) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      const Histogram* const durations =
          operation.durations.at(outcome).load(std::memory_order_acquire);
      if (durations == nullptr) continue;
      std::optional<ClientErrc> failure;
      if (outcome != 0) failure = static_cast<ClientErrc>(outcome - 1);
      visit(operation.name, failure, *durations);
    }
  }
}

ClientMetrics MetricsRecorder::reading(const NearCache* cache) const {
  constexpr double kHalf = 0.5;
  constexpr double kNearlyAll = 0.99;
  const auto nanoseconds = [](std::uint64_t count) {
    return std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(count));
  };
  ClientMetrics metrics;
  for_each_operation(
      [&](std::string_view name, std::optional<ClientErrc> failure, const Histogram& durations) {
        HistogramReading reading;
        reading.add(durations);
        metrics.operations.push_back({.name = name,
                                      .failure = failure,
                                      .count = reading.count(),
                                      .total = nanoseconds(reading.sum()),
                                      .p50 = nanoseconds(reading.quantile(kHalf)),
                                      .p99 = nanoseconds(reading.quantile(kNearlyAll))});
      });
  metrics.retries = counted.retries.value();
  metrics.retries_refused = counted.retries_refused.value();
  metrics.hedges = counted.hedges.value();
  metrics.hedges_won = counted.hedges_won.value();
  metrics.hedges_refused = counted.hedges_refused.value();
  metrics.requests = now.requests.load(std::memory_order_relaxed);
  metrics.requests_waiting = now.requests_waiting.load(std::memory_order_relaxed);
  metrics.leases = now.leases.load(std::memory_order_relaxed);
  metrics.leases_idle = now.leases_idle.load(std::memory_order_relaxed);
  metrics.leases_waiting = now.leases_waiting.load(std::memory_order_relaxed);
  metrics.leases_max = now.leases_max.load(std::memory_order_relaxed);
  metrics.subscriptions = now.subscriptions.load(std::memory_order_relaxed);
  metrics.connections = now.connections.load(std::memory_order_relaxed);
  metrics.connections_max = now.connections_max.load(std::memory_order_relaxed);
  metrics.connections_opened = connection_create.count();
  metrics.connections_failed = counted.connections_failed.value();
  metrics.connections_lost = counted.connections_lost.value();
  if (cache != nullptr) {
    const NearCache::Statistics near = cache->statistics();
    metrics.near_cache = {.hits = near.hits,
                          .misses = near.misses,
                          .waits = near.waits,
                          .invalidations = near.invalidations,
                          .overtaken = near.overtaken,
                          .evictions = near.evictions,
                          .entries = near.entries,
                          .bytes = near.bytes};
  }
  return metrics;
}

std::string MetricsRecorder::text(const NearCache* cache) const {
  constexpr std::string_view kName = "db_client_operation_duration_seconds";
  Writer to;
  to.seconds_family(kName, "Duration of operations, with all attempts.");
  for_each_operation(
      [&](std::string_view name, std::optional<ClientErrc> failure, const Histogram& durations) {
        std::string labels = fmt::format("{},db_operation_name=\"{}\"", kSystem, name);
        if (failure) labels += fmt::format(",error_type=\"{}\"", to_string(*failure));
        to.seconds(kName, labels, durations);
      });
  const ClientMetrics metrics = reading(cache);
  write_connections(to, metrics, connection_create);
  write_requests(to, metrics);
  if (metrics.near_cache) write_cache(to, *metrics.near_cache);
  return to.finish();
}

}  // namespace quartz::client
