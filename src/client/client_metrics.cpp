#include "client/client_metrics.hpp"

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

void write_connections(Writer& to, const ClientMetrics& metrics) {
  constexpr std::string_view kCount = "db_client_connection_count";
  to.family(kCount, "gauge", "Connections by what they do.");
  to.print("{}{{state=\"idle\"}} {}\n", kCount, metrics.now.idle_connections.load());
  to.print("{}{{state=\"used\"}} {}\n", kCount, metrics.now.used_connections.load());
  to.gauge("db_client_connection_max", "Connections that there may be.",
           metrics.now.connections_max.load());
  to.gauge("db_client_connection_pending_requests", "Requests that wait for a connection.",
           metrics.now.pending_requests.load());
  to.counter("db_client_connection_timeouts", "Waits for a connection that took too long.",
             metrics.counted.connection_timeouts.value());
  const std::pair<std::string_view, const Histogram*> durations[] = {
      {"create", &metrics.lasted.connection_create},
      {"wait", &metrics.lasted.connection_wait},
      {"use", &metrics.lasted.connection_use}};
  for (const auto& [what, histogram] : durations) {
    const std::string name = fmt::format("db_client_connection_{}_time_seconds", what);
    to.seconds_family(name, "Time to create, wait for, or use a connection.");
    to.seconds(name, kSystem, *histogram);
  }
}

void write_retries(Writer& to, const ClientMetrics& metrics) {
  to.counter("quartz_client_retries", "Attempts beyond the first ones.",
             metrics.counted.retries.value());
  to.counter("quartz_client_retries_refused", "Retries that there were no tokens for.",
             metrics.counted.retries_refused.value());
  to.gauge("quartz_client_retry_tokens", "Tokens left for retries.",
           metrics.now.retry_tokens.load());
  to.counter("quartz_client_hedges", "Second requests for reads that were slow.",
             metrics.counted.hedges.value());
  to.counter("quartz_client_hedges_won", "Those that were answered first.",
             metrics.counted.hedges_won.value());
}

void write_cache(Writer& to, const NearCache::Statistics& cache) {
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

ClientMetrics::ClientMetrics(std::span<const std::string_view> operations)
    : operations_(operations.size()) {
  for (std::size_t i = 0; i < operations.size(); ++i) operations_[i].name = operations[i];
}

ClientMetrics::~ClientMetrics() {
  for (Operation& operation : operations_) {
    for (const auto& histogram : operation.durations) delete histogram.load();
  }
}

Histogram& ClientMetrics::histogram_of(std::atomic<Histogram*>& place) {
  Histogram* present = place.load(std::memory_order_acquire);
  if (present != nullptr) return *present;
  auto made = std::make_unique<Histogram>();
  if (!place.compare_exchange_strong(present, made.get(), std::memory_order_acq_rel)) {
    return *present;  // Another thread was first.
  }
  return *made.release();
}

void ClientMetrics::record_operation(std::size_t index, std::chrono::nanoseconds duration,
                                     std::optional<FailureKind> failure) {
  const std::size_t outcome = failure ? 1 + static_cast<std::size_t>(*failure) : 0;
  histogram_of(operations_.at(index).durations.at(outcome))
      .record(static_cast<std::uint64_t>(duration.count()));
}

std::string ClientMetrics::text(const NearCache* cache) const {
  constexpr std::string_view kName = "db_client_operation_duration_seconds";
  Writer to;
  to.seconds_family(kName, "Duration of operations, with all attempts.");
  for (const Operation& operation : operations_) {
    for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
      const Histogram* const histogram =
          operation.durations.at(outcome).load(std::memory_order_acquire);
      if (histogram == nullptr) continue;
      std::string labels = fmt::format("{},db_operation_name=\"{}\"", kSystem, operation.name);
      if (outcome != 0) {
        labels +=
            fmt::format(",error_type=\"{}\"", to_string(static_cast<FailureKind>(outcome - 1)));
      }
      to.seconds(kName, labels, *histogram);
    }
  }
  write_connections(to, *this);
  write_retries(to, *this);
  if (cache != nullptr) write_cache(to, cache->statistics());
  return to.finish();
}

}  // namespace quartz::client
