#include <algorithm>
#include <exception>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/processors.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "vector/collection.hpp"
#include "vector/components.hpp"
#include "vector/point_value.hpp"
#include "vector/search_run.hpp"

namespace quartz::vector {
namespace {

// Searches of a thread follow each other, and reuse their memory.
SearchRun& this_thread_search() {
  thread_local SearchRun run;
  return run;
}

}  // namespace

Result<void> Collection::check_search(const VectorSearchOptions& options) const {
  QUARTZ_TRY(check_open());
  if (options.k < 1 || options.k > kSearchResultsMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("k = {} is not within 1 and {}", options.k, kSearchResultsMax));
  }
  if (options.ef_search && (*options.ef_search < options.k || *options.ef_search > kEfSearchMax)) {
    return Error(Errc::invalid_argument, fmt::format("ef_search = {} is not within k = {} and {}",
                                                     *options.ef_search, options.k, kEfSearchMax));
  }
  if (!(options.recall > 0 && options.recall < 1)) {
    return Error(Errc::invalid_argument,
                 fmt::format("recall = {} is not between 0 and 1", options.recall));
  }
  return options.filter.validate();
}

// The query, or what has become of it in `normalised`.
Result<std::span<const float>> Collection::prepare_query(std::span<const float> query,
                                                         const VectorSearchOptions& options,
                                                         std::vector<float>& normalised) const {
  QUARTZ_TRY(check_search(options));
  QUARTZ_TRY(check_vector(query, "the query"));
  if (metric_ != Metric::cosine) return query;
  normalised.assign(query.begin(), query.end());
  QUARTZ_TRY(normalise(normalised));
  return std::span<const float>(normalised);
}

Result<std::vector<VectorHit>> Collection::search(std::span<const float> query,
                                                  const VectorSearchOptions& options) const {
  return search_run(query, options, kNoSlot);
}

Result<std::vector<VectorHit>> Collection::search_run(std::span<const float> query,
                                                      const VectorSearchOptions& options,
                                                      Slot hidden) const {
  std::vector<float> normalised;
  QUARTZ_ASSIGN(const auto components, prepare_query(query, options, normalised));
  searches_.fetch_add(1, std::memory_order_relaxed);
  SearchRun& run = this_thread_search();
  QUARTZ_TRY(run.search(*engine_, keyspace_, keeper_, components, options, hidden));
  return run.take_hits();
}

Result<VectorSearchExplanation> Collection::explain(std::span<const float> query,
                                                    const VectorSearchOptions& options) const {
  QUARTZ_ASSIGN(std::vector<VectorHit> hits, search(query, options));
  VectorSearchExplanation explanation = this_thread_search().take_explanation();
  explanation.hits = std::move(hits);
  return explanation;
}

Result<std::vector<std::vector<VectorHit>>> Collection::search_batch(
    std::span<const float> queries, const VectorSearchOptions& options,
    std::uint32_t threads) const {
  QUARTZ_TRY(check_search(options));
  if (queries.size() % dimensions_ != 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("the queries' {} components are not whole vectors of {} dimensions",
                             queries.size(), dimensions_));
  }
  const std::size_t count = queries.size() / dimensions_;
  std::vector<std::vector<VectorHit>> answers(count);
  std::atomic<std::size_t> next{0};
  Mutex error_mutex;
  std::optional<Error> error;
  std::exception_ptr exception;
  const auto search_some = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      auto hits = search(queries.subspan(i * dimensions_, dimensions_), options);
      if (hits) {
        answers[i] = *std::move(hits);
        continue;
      }
      next = count;
      MutexLock lock(error_mutex);
      error = Error(hits.error().code(), fmt::format("query {}: {}", i, hits.error().message()));
    }
  };
  // What is thrown, for want of memory, is the caller's, whichever thread it was on.
  const auto work = [&]() noexcept {
    try {
      search_some();
    } catch (...) {
      next = count;
      MutexLock lock(error_mutex);
      exception = std::current_exception();
    }
  };
  const std::size_t wanted = threads != 0 ? threads : usable_processors();
  std::vector<std::thread> others;
  others.reserve(std::min(wanted, count));
  // Where the system refuses more threads, those that there are do it all.
  bool refused = false;
  for (std::size_t i = 1; i < std::min(wanted, count) && !refused; ++i) {
    try {
      others.push_back(named_thread("quartz:search", work));
    } catch (const std::system_error&) {
      refused = true;
    } catch (const std::bad_alloc&) {
      refused = true;
    }
  }
  work();
  for (std::thread& other : others) other.join();
  MutexLock lock(error_mutex);
  if (exception) std::rethrow_exception(exception);
  if (error) return *std::move(error);
  return answers;
}

// Near to one of the vectors of a point, which is left out itself; of the rest up to `k` or one
// more.
Result<std::vector<VectorHit>> Collection::search_others(std::string_view id,
                                                         std::span<const float> vector,
                                                         const VectorSearchOptions& options,
                                                         Slot hidden) const {
  VectorSearchOptions one_more = options;
  one_more.k = std::min(options.k + 1, kSearchResultsMax);
  if (options.ef_search) one_more.ef_search = std::max(*options.ef_search, one_more.k);
  QUARTZ_ASSIGN(std::vector<VectorHit> hits, search_run(vector, one_more, hidden));
  std::erase_if(hits, [&](const VectorHit& hit) { return hit.id == id; });
  return hits;
}

Result<std::optional<std::vector<VectorHit>>> Collection::search_by_id(
    std::string_view id, const VectorSearchOptions& options) const {
  QUARTZ_TRY(check_search(options));
  QUARTZ_ASSIGN(const std::optional<VectorPoint> point, get(id));
  if (!point) return std::optional<std::vector<VectorHit>>();
  // The nearest to any of its vectors: the best of each search, and then the best of these.
  std::vector<VectorHit> best;
  for (const std::vector<float>& vector : point->vectors) {
    QUARTZ_ASSIGN(std::vector<VectorHit> hits, search_others(id, vector, options));
    std::ranges::move(hits, std::back_inserter(best));
  }
  std::ranges::sort(best, {},
                    [&](const VectorHit& hit) { return distance_of(metric_, hit.score); });
  std::vector<VectorHit> nearest;
  for (VectorHit& hit : best) {
    if (nearest.size() == options.k) break;
    const bool known = std::ranges::find(nearest, hit.id, &VectorHit::id) != nearest.end();
    if (!known) nearest.push_back(std::move(hit));
  }
  return std::optional(std::move(nearest));
}

Result<std::vector<VectorHit>> Collection::search_range(std::span<const float> query, float score,
                                                        const VectorSearchOptions& options) const {
  const float bound = distance_of(metric_, score);
  const auto within = [&](const VectorHit& hit) {
    return distance_of(metric_, hit.score) <= bound;
  };
  VectorSearchOptions growing = options;
  growing.k = std::min<std::size_t>(options.k, 64);
  while (true) {
    QUARTZ_ASSIGN(std::vector<VectorHit> hits, search(query, growing));
    const bool all = hits.size() < growing.k || !within(hits.back()) || growing.k == options.k;
    if (all) {
      std::erase_if(hits, [&](const VectorHit& hit) { return !within(hit); });
      return hits;
    }
    growing.k = std::min(options.k, growing.k * 4);
    if (growing.ef_search) growing.ef_search = std::max(*growing.ef_search, growing.k);
  }
}

// Points whose first vectors a walk can pass by: see `IndexQuery::hidden`.
std::vector<Collection::Sampled> Collection::sample(std::size_t count) const {
  std::vector<Sampled> sampled;
  const EpochGuard guard;
  const IndexKeeper::View view = keeper_.view();
  const VectorIndex& index = *view.index;
  const std::size_t end = index.states().end();
  for (std::size_t i = 0; i < std::min(count, end); ++i) {
    const auto slot = static_cast<Slot>(i * end / count);
    const PointEntry* const entry = index.point(slot);
    if (entry == nullptr || !entry->visible_at(view.at)) continue;
    const Slot first = entry->slots().front();
    if (index.links().level_of(first) == 0) sampled.push_back({std::string(entry->id()), first});
  }
  return sampled;
}

Result<double> Collection::measure_recall(const VectorSearchOptions& options,
                                          std::size_t sample_count) const {
  QUARTZ_TRY(check_search(options));
  VectorSearchOptions exact = options;
  exact.exact = true;
  std::size_t wanted = 0;
  std::size_t found = 0;
  for (const Sampled& sampled : sample(sample_count)) {
    QUARTZ_ASSIGN(const std::optional<VectorPoint> point, get(sampled.id));
    if (!point) continue;  // Removed meanwhile.
    const std::vector<float>& query = point->vectors.front();
    QUARTZ_ASSIGN(std::vector<VectorHit> nearest, search_others(sampled.id, query, exact));
    QUARTZ_ASSIGN(auto hits, search_others(sampled.id, query, options, sampled.slot));
    nearest.resize(std::min(nearest.size(), options.k));
    hits.resize(std::min(hits.size(), options.k));
    if (nearest.empty()) continue;
    wanted += nearest.size();
    // Of equally near ones, any will do.
    const float farthest = distance_of(metric_, nearest.back().score);
    found += static_cast<std::size_t>(std::ranges::count_if(
        hits, [&](const VectorHit& hit) { return distance_of(metric_, hit.score) <= farthest; }));
  }
  return wanted == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(wanted);
}

}  // namespace quartz::vector
