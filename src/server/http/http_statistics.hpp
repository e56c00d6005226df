#pragma once

#include <chrono>
#include <cstddef>

#include "base/histogram.hpp"
#include "server/http/route_table.hpp"
#include "server/statistics/call_statistics.hpp"

namespace quartz::server {

/// How many requests of each route there were by the class of their status, and how long they took.
/// Threads: any number at a time.
class HttpStatistics {
 public:
  /// All routes are there by now; the table outlives this.
  explicit HttpStatistics(const RouteTable& routes);

  /// Null: it matched none.
  void record(const Route* route, int status, std::chrono::nanoseconds duration) noexcept;

  /// Calls `visit(const Route*, status class as 2, const HistogramReading&)` for those of which
  /// there were any.
  template <class Visit>
  void for_each(Visit visit) const {
    visit_all_of(nullptr, visit);
    for (const Route& route : routes_.routes()) visit_all_of(&route, visit);
  }

 private:
  static constexpr std::size_t kClasses = 6;  // The first digit of a status, and 0 for none.

  static std::size_t kind_of(const Route* route, std::size_t status_class) noexcept {
    return (route == nullptr ? 0 : route->index + 1) * kClasses + status_class;
  }
  template <class Visit>
  void visit_all_of(const Route* route, Visit& visit) const {
    for (std::size_t status_class = 0; status_class < kClasses; ++status_class) {
      const HistogramReading reading = calls_.reading(kind_of(route, status_class));
      if (reading.count() != 0) visit(route, status_class, reading);
    }
  }

  const RouteTable& routes_;
  CallStatistics calls_;
};

}  // namespace quartz::server
