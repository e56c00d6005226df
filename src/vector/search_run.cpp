#include "vector/search_run.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/clock.hpp"
#include "base/epoch.hpp"
#include "base/try.hpp"
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
                               const VectorSearchOptions& options) {
  const Stopwatch watch;
  hits_.clear();
  unranked_.clear();
  told_ = {};
  bool payloads_in_memory = false;
  bool from_rows = false;
  Metric metric = Metric::l2;
  {
    const EpochGuard guard;
    const IndexKeeper::View view = keeper.view();
    const VectorIndex& index = *view.index;
    payloads_in_memory = index.config().payloads_in_memory;
    metric = index.quantizer().metric();
    from_rows = options.exact && !index.has_components();
    if (!from_rows) {
      find(view, query, options,
           options.ef_search.value_or(keeper.ef_for(options.recall, options.k)));
      take_found(index, options);
    }
    told_.points = index.point_count();
  }
  told_.walk_ns = watch.elapsed_ns();
  if (from_rows) QUARTZ_TRY(scan_rows(engine, keyspace, metric, query, options.k));
  if (!unranked_.empty()) {
    QUARTZ_TRY(rank_by_rows(engine, keyspace, metric, query, options.k));
  }
  told_.ranking_ns = watch.elapsed_ns() - told_.walk_ns;
  QUARTZ_TRY(read_rows(engine, keyspace, query.size(), options, payloads_in_memory));
  told_.duration_ns = watch.elapsed_ns();
  return {};
}

void SearchRun::find(const IndexKeeper::View& view, std::span<const float> query,
                     const VectorSearchOptions& options, std::size_t ef) {
  const VectorIndex& index = *view.index;
  const IndexQuery asked{.components = query, .k = options.k, .ef = ef, .at = view.at};
  if (options.exact) {
    told_.plan = "exact scan";
    told_.reason = "asked for";
    search_.scan(index, asked);
  } else {
    told_.plan = "graph walk";
    told_.reason = "no filter";
    told_.ef_search = ef;
    search_.walk(index, asked);
  }
  told_.points_visited = search_.visited();
  told_.points_pending = search_.pending();
  told_.points_compared = search_.compared();
}

void SearchRun::take_found(const VectorIndex& index, const VectorSearchOptions& options) {
  const Metric metric = index.quantizer().metric();
  const auto found = search_.found();
  for (const FoundPoint& point : found) __builtin_prefetch(point.entry);
  if (!search_.exact()) {
    for (const FoundPoint& point : found) {
      unranked_.push_back({std::string(point.entry->id()), point.entry->version(), point.distance});
    }
    return;
  }
  const bool with_payload = options.with_payload && index.config().payloads_in_memory;
  hits_.reserve(found.size());
  for (const FoundPoint& point : found) {
    hits_.push_back(
        {.id = std::string(point.entry->id()), .score = score_of(metric, point.distance)});
    if (with_payload) hits_.back().payload = point.entry->payload();
  }
}

// What was replaced since it was found keeps the distance of its codes, as near as they come.
Result<void> SearchRun::rank_by_rows(storage::Engine& engine, const Keyspace& keyspace,
                                     Metric metric, std::span<const float> query, std::size_t k) {
  PointReader reader(query.size(), metric);
  const ExactDistance distance(metric);
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
    hits_.push_back({.id = std::move(point.id), .score = score_of(metric, point.distance)});
  }
  return {};
}

// The nearest of all rows.
Result<void> SearchRun::scan_rows(storage::Engine& engine, const Keyspace& keyspace, Metric metric,
                                  std::span<const float> query, std::size_t k) {
  told_.plan = "exact scan of the rows";
  told_.reason = "asked for, and vectors are not in memory";
  const std::string prefix(1, kPointKeyPrefix);
  Cursor cursor =
      engine.cursor({.prefix = prefix, .keyspace = &keyspace, .fill_block_cache = false});
  PointReader reader(query.size(), metric);
  const ExactDistance distance(metric);
  const auto farther = [](const Unranked& a, const Unranked& b) { return a.distance < b.distance; };
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    const auto row = reader.read(cursor.key().substr(1), cursor.value());
    if (!row) continue;  // Counted when it was read for the index.
    ++told_.points_compared;
    const float nearest = nearest_of(*row, query, distance);
    if (unranked_.size() == k && !(nearest < unranked_.front().distance)) continue;
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
    hits_.push_back({.id = std::move(point.id), .score = score_of(metric, point.distance)});
  }
  unranked_.clear();
  return {};
}

// What hits bring that memory does not have.
Result<void> SearchRun::read_rows(storage::Engine& engine, const Keyspace& keyspace,
                                  std::size_t dimensions, const VectorSearchOptions& options,
                                  bool payloads_in_memory) {
  const bool payloads = options.with_payload && !payloads_in_memory;
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
