#pragma once

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/histogram.hpp"
#include "server/http/statistics_fields.hpp"

namespace quartz::server {

/// Writes metrics in the text format of OpenMetrics 1.0: a family's description, then its samples.
/// All names get "quartz_" in front.
class MetricsWriter {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);
  /// The same for one that is told in seconds, as its name says.
  void seconds_family(std::string_view name, std::string_view type, std::string_view help);

  template <class... Arguments>
  void print(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Arguments>(arguments)...);
  }

  template <class From>
  void figures(const From& from, std::span<const StatisticsField<From>> fields) {
    for (const auto& field : fields) {
      const bool counter = field.kind == FigureKind::counter;
      family(field.name, counter ? "counter" : "gauge", field.description);
      print("quartz_{}{} {}\n", field.name, counter ? "_total" : "", field.value(from));
    }
  }

  void latency(const LatencyField& field, const LatencySummary& summary);
  /// Samples of a family of the type histogram, out of nanoseconds. `labels` is "name=\"value\"",
  /// several with commas between them, or empty.
  void histogram(std::string_view name, std::string_view labels, const HistogramReading& reading);

  std::string finish();

 private:
  std::string text_;
};

/// `text` as the value of a label.
std::string label_value(std::string_view text);

}  // namespace quartz::server
