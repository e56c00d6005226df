#include "bench/report/summary.hpp"

#include <cmath>
#include <vector>

#include "base/check.hpp"

namespace quartz::bench {
namespace {

/// Least, median and most of what `figure` says about the repetitions, which is an optional number.
template <class F>
std::optional<Spread> spread_over(const Series& series, F figure) {
  std::vector<double> values;
  for (const Measurement& repetition : series.repetitions) {
    if (const std::optional<double> value = figure(repetition)) values.push_back(*value);
  }
  if (values.empty()) return std::nullopt;
  return spread_of(std::move(values));
}

template <class F>
std::optional<double> median_over(const Series& series, F figure) {
  const std::optional<Spread> spread = spread_over(series, figure);
  return spread ? std::optional(spread->median) : std::nullopt;
}

std::uint64_t median_count(const Series& series, std::uint64_t Measurement::* count) {
  const auto median =
      median_over(series, [&](const Measurement& m) { return static_cast<double>(m.*count); });
  return static_cast<std::uint64_t>(std::llround(median.value_or(0)));
}

std::optional<double> cpu_per_operation(const Measurement& m) {
  return m.operations == 0 ? 0 : m.cpu_ns / static_cast<double>(m.operations);
}

std::optional<double> written_per_user_byte(const Measurement& m) {
  if (m.user_bytes == 0) return std::nullopt;
  return static_cast<double>(m.written_bytes) / static_cast<double>(m.user_bytes);
}

}  // namespace

Summary summary_of(const Series& series) {
  QUARTZ_CHECK(!series.repetitions.empty());
  const auto ns = [](const Measurement& m) { return std::optional(m.ns_per_operation()); };
  const auto longest = spread_over(series, [](const Measurement& m) { return m.max_ns; });
  return {
      .operations = median_count(series, &Measurement::operations),
      .ns_per_operation = spread_over(series, ns).value_or(Spread{}),
      .cpu_ns_per_operation = median_over(series, cpu_per_operation).value_or(0),
      .p50_ns = median_over(series, [](const Measurement& m) { return m.p50_ns; }),
      .p99_ns = median_over(series, [](const Measurement& m) { return m.p99_ns; }),
      .p999_ns = median_over(series, [](const Measurement& m) { return m.p999_ns; }),
      .max_ns = longest ? std::optional(longest->most) : std::nullopt,
      .written_per_user_byte = median_over(series, written_per_user_byte),
      .peak_rss_bytes = median_count(series, &Measurement::peak_rss_bytes),
      .disk_bytes = median_count(series, &Measurement::disk_bytes),
  };
}

}  // namespace quartz::bench
