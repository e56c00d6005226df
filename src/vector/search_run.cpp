#include "vector/search_run.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/filter_evaluator.hpp"
#include "vector/indexed_point.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

/// How far the nearest vector of a point is.
float nearest_of(const IndexedPoint& point, std::span<const float> query,
                 const ExactDistance& distance) {
  float nearest = std::numeric_limits<float>::infinity();
  for (std::size_t at = 0; at < point.components.size(); at += query.size()) {
    nearest = std::min(nearest, distance(query.data(), point.components.data() + at, query.size()));
  }
  return nearest;
}

}  // namespace

Result<void> SearchRun::search(storage::Engine& engine, const Keyspace& keyspace,
                               const IndexKeeper& keeper, std::span<const float> query,
                               const VectorSearchOptions& options, Slot hidden) {
  const Stopwatch watch;
  hits_.clear();
  unranked_.clear();
  told_ = {};
  QUARTZ_ASSIGN(const Found found, find(keeper, query, options, hidden));
  told_.walk_ns = watch.elapsed_ns() - told_.filter_ns;
  if (found == Found::in_rows_only) {
    QUARTZ_TRY(scan_rows(engine, keyspace, query, options));
  } else if (!unranked_.empty()) {
    QUARTZ_TRY(rank_by_rows(engine, keyspace, query, options.k));
  }
  told_.ranking_ns = watch.elapsed_ns() - told_.filter_ns - told_.walk_ns;
  QUARTZ_TRY(read_rows(engine, keyspace, query.size(), options));
  told_.duration_ns = watch.elapsed_ns();
  return {};
}

// What is found is copied, so that rows can be read without a guard.
Result<SearchRun::Found> SearchRun::find(const IndexKeeper& keeper, std::span<const float> query,
                                         const VectorSearchOptions& options, Slot hidden) {
  const EpochGuard guard;
  const IndexKeeper::View view = keeper.view();
  const VectorIndex& index = *view.index;
  metric_ = index.quantizer().metric();
  const bool payloads_in_memory = index.config().payloads_in_memory;
  // Of candidates that are ranked by their rows, the hits are not known yet.
  takes_payloads_ = payloads_in_memory && index.has_components();
  told_.points = index.point_count();
  const bool filtered = options.filter != Filter();
  if (options.exact && !index.has_components()) {
    return in_rows_only("asked for, and vectors are not in memory");
  }
  if (filtered && !payloads_in_memory) {
    QUARTZ_ASSIGN(const FilterEvaluator filter, FilterEvaluator::compile(options.filter));
    if (!filter.ignores_payload()) {
      return in_rows_only("the filter needs payloads, which are not in memory");
    }
  }
  const std::size_t ef = options.ef_search.value_or(keeper.ef_for(options.recall, options.k));
  const IndexQuery asked{
      .components = query, .k = options.k, .ef = ef, .at = view.at, .hidden = hidden};
  if (filtered) {
    QUARTZ_TRY(find_matching(index, asked, options));
  } else {
    find_all(index, asked, options.exact);
  }
  told_.points_visited = search_.visited();
  told_.points_pending = search_.pending();
  told_.points_compared = search_.compared();
  take_found(options);
  return Found::in_index;
}

SearchRun::Found SearchRun::in_rows_only(std::string_view reason) {
  told_.plan = "exact scan of the rows";
  told_.reason = reason;
  return Found::in_rows_only;
}

void SearchRun::find_all(const VectorIndex& index, const IndexQuery& asked, bool exact) {
  if (exact) {
    told_.plan = "exact scan";
    told_.reason = "asked for";
    search_.scan(index, asked);
    return;
  }
  told_.plan = index.links_points() ? "graph walk" : "exact scan";
  told_.reason = index.links_points() ? "no filter" : "too few points for a graph";
  told_.ef_search = asked.ef;
  search_.walk(index, asked);
}

Result<void> SearchRun::find_matching(const VectorIndex& index, const IndexQuery& asked,
                                      const VectorSearchOptions& options) {
  const Stopwatch watch;
  QUARTZ_TRY(filter_.prepare(index, options.filter, asked.k, asked.ef));
  told_.filter_ns = watch.elapsed_ns();
  told_.ef_search = filter_.choice().pool_size;
  if (options.exact) {
    told_.plan = "exact scan";
    told_.reason = "asked for";
    search_.scan(index, asked, filter_);
    return {};
  }
  told_.plan = to_string(filter_.choice().strategy);
  std::ranges::replace(told_.plan, '_', ' ');
  told_.reason = filter_.reason();
  search_.search_matching(index, asked, filter_);
  return {};
}

void SearchRun::take_found(const VectorSearchOptions& options) {
  const auto found = search_.found();
  for (const FoundPoint& point : found) __builtin_prefetch(point.entry);
  if (!search_.exact()) {
    for (const FoundPoint& point : found) {
      unranked_.push_back({std::string(point.entry->id()), point.entry->version(), point.distance});
    }
    return;
  }
  const bool with_payload = options.with_payload && takes_payloads_;
  hits_.reserve(found.size());
  for (const FoundPoint& point : found) {
    hits_.push_back(
        {.id = std::string(point.entry->id()), .score = score_of(metric_, point.distance)});
    if (with_payload) hits_.back().payload = point.entry->payload();
  }
}

// What was replaced since it was found keeps the distance of its codes, as near as they come.
Result<void> SearchRun::rank_by_rows(storage::Engine& engine, const Keyspace& keyspace,
                                     std::span<const float> query, std::size_t k) {
  PointReader reader(query.size(), metric_);
  const ExactDistance distance(metric_);
  std::string bytes;
  for (Unranked& point : unranked_) {
    QUARTZ_ASSIGN(const bool there,
                  engine.get_into(keyspace.state(), point_key(point.id), bytes, {}));
    if (!there) continue;
    QUARTZ_ASSIGN(const IndexedPoint row, reader.read(point.id, bytes));
    if (row.version != point.version) continue;
    point.distance = nearest_of(row, query, distance);
  }
  std::ranges::sort(unranked_, {}, &Unranked::distance);
  unranked_.resize(std::min(unranked_.size(), k));
  for (Unranked& point : unranked_) {
    hits_.push_back({.id = std::move(point.id), .score = score_of(metric_, point.distance)});
  }
  return {};
}

// The nearest of all rows.
Result<void> SearchRun::scan_rows(storage::Engine& engine, const Keyspace& keyspace,
                                  std::span<const float> query,
                                  const VectorSearchOptions& options) {
  QUARTZ_ASSIGN(const FilterEvaluator filter, FilterEvaluator::compile(options.filter));
  const std::size_t k = options.k;
  const std::string prefix(1, kPointKeyPrefix);
  Cursor cursor =
      engine.cursor({.prefix = prefix, .keyspace = &keyspace, .fill_block_cache = false});
  PointReader reader(query.size(), metric_);
  const ExactDistance distance(metric_);
  const auto farther = [](const Unranked& a, const Unranked& b) { return a.distance < b.distance; };
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    const auto row = reader.read(cursor.key().substr(1), cursor.value());
    if (!row) continue;  // Counted when it was read for the index.
    ++told_.points_compared;
    const float nearest = nearest_of(*row, query, distance);
    if (unranked_.size() == k && !(nearest < unranked_.front().distance)) continue;
    if (!filter.matches(row->id, row->payload)) continue;
    if (unranked_.size() == k) {
      std::ranges::pop_heap(unranked_, farther);
      unranked_.pop_back();
    }
    unranked_.push_back({std::string(row->id), row->version, nearest});
    std::ranges::push_heap(unranked_, farther);
  }
  if (const auto& error = cursor.error()) return *error;
  std::ranges::sort_heap(unranked_, farther);
  for (Unranked& point : unranked_) {
    hits_.push_back({.id = std::move(point.id), .score = score_of(metric_, point.distance)});
  }
  unranked_.clear();
  return {};
}

// What hits are to bring and was not taken from memory.
Result<void> SearchRun::read_rows(storage::Engine& engine, const Keyspace& keyspace,
                                  std::size_t dimensions, const VectorSearchOptions& options) {
  const bool payloads = options.with_payload && !takes_payloads_;
  if (!payloads && !options.with_vectors) return {};
  std::string bytes;
  for (VectorHit& hit : hits_) {
    QUARTZ_ASSIGN(const bool there,
                  engine.get_into(keyspace.state(), point_key(hit.id), bytes, {}));
    if (!there) continue;
    QUARTZ_ASSIGN(const PointValue row, parse_point_value(bytes, dimensions));
    if (payloads) hit.payload = row.payload;
    if (options.with_vectors) hit.vectors = row.vectors();
  }
  return {};
}

}  // namespace quartz::vector
