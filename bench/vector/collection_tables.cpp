#include "bench/vector/collection_tables.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "bench/report/number_text.hpp"

namespace quartz::bench {
namespace {

using Rates = std::vector<double>;

Spread ratios(const Rates& above, const Rates& below) {
  Rates each;
  for (std::size_t i = 0; i < above.size() && i < below.size(); ++i) {
    each.push_back(above[i] / below[i]);
  }
  return spread_of(std::move(each));
}

std::string rate_text(const Rates& rates) {
  return count_text(static_cast<std::uint64_t>(std::llround(spread_of(rates).median)));
}

std::string spread_text(const Spread& ratio) {
  return fmt::format("{} ({})", ratio_text(ratio.median), ratio_range_text(ratio));
}

Rates of(const std::vector<Latencies>& repetitions, double Latencies::* quantile) {
  Rates values;
  for (const Latencies& latencies : repetitions) values.push_back(latencies.*quantile);
  return values;
}

std::vector<std::string> latency_row(std::string what, const std::vector<Latencies>& latencies) {
  return {std::move(what), duration_text(spread_of(of(latencies, &Latencies::p50_ns)).median),
          duration_text(spread_of(of(latencies, &Latencies::p99_ns)).median)};
}

}  // namespace

ResultTable filtered_table(const CollectionResult& collection) {
  ResultTable table;
  table.head = {"filter", "points", "plan", "recall", "queries a second", "to no filter"};
  const auto recall_text = [](double recall) { return fmt::format("{:.3f}", recall); };
  table.rows.push_back({"none", "100 %", "", recall_text(collection.recall),
                        rate_text(collection.queries_per_second)});
  for (const FilteredRate& rate : collection.filtered) {
    table.rows.push_back(
        {rate.filter, fmt::format("{:g} %", rate.share * 100), rate.plan, recall_text(rate.recall),
         rate_text(rate.queries_per_second),
         spread_text(ratios(rate.queries_per_second, collection.queries_per_second))});
  }
  return table;
}

ResultTable latency_table(const CollectionResult& collection) {
  ResultTable table;
  table.head = {"latency", "median", "99th percentile", "99th to that while idle"};
  table.rows.push_back(latency_row("upsert", collection.upserts));
  table.rows.push_back(latency_row("search while idle", collection.idle_searches));
  table.rows.push_back(latency_row(
      fmt::format("search beside {} upserts a second", rate_text(collection.upserts_per_second)),
      collection.busy_searches));
  table.rows.back().push_back(
      spread_text(ratios(of(collection.busy_searches, &Latencies::p99_ns),
                         of(collection.idle_searches, &Latencies::p99_ns))));
  table.rows.push_back({"open after a close, and search",
                        duration_text(spread_of(collection.clean_open_ns).median)});
  table.rows.push_back({"the same with six indexes of payloads",
                        duration_text(spread_of(collection.indexed_open_ns).median)});
  table.rows.push_back(
      {"open after a kill, and search", duration_text(spread_of(collection.crash_open_ns).median)});
  return table;
}

}  // namespace quartz::bench
