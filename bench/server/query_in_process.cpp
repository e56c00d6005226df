#include "bench/server/query_in_process.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/measure/process_usage.hpp"
#include "bench/server/query_vectors.hpp"
#include "quartz/quartz.hpp"

namespace quartz::bench {
namespace {

constexpr unsigned kSearches = 100'000;

}  // namespace

Result<ServerSeries> measure_query_in_process(const std::filesystem::path& directory,
                                              unsigned repetitions) {
  std::filesystem::remove_all(directory);
  QUARTZ_ASSIGN(StorageEngine engine, StorageEngine::open(directory));
  QUARTZ_ASSIGN(VectorCollection collection,
                VectorCollection::open(engine, "vectors",
                                       {.dimensions = kQueryDimensions, .metric = Metric::cosine}));
  for (std::size_t i = 0; i < kQueryPoints; ++i) {
    QUARTZ_TRY(collection.upsert(std::to_string(i), query_vector(i)));
  }
  const std::vector<float> asked = query_vector(kQueryPoints);
  ServerSeries series;
  for (unsigned repetition = 0; repetition < repetitions; ++repetition) {
    const std::uint64_t begin = thread_cpu_ns();
    for (unsigned i = 0; i < kSearches; ++i) {
      QUARTZ_ASSIGN(const auto hits, collection.search(asked, {.k = kQueryPoints}));
      if (hits.size() != kQueryPoints) {
        return Error(Errc::corruption,
                     fmt::format("a search found {} of {} points", hits.size(), kQueryPoints));
      }
    }
    series.cpu_ns_per_request.push_back(static_cast<double>(thread_cpu_ns() - begin) / kSearches);
  }
  return series;
}

}  // namespace quartz::bench
