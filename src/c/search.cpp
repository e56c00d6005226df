#include <memory>
#include <span>
#include <vector>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

namespace {

quartz::VectorSearchOptions search_options(const quartz_search_options* options) {
  quartz::VectorSearchOptions made;
  if (options == nullptr) return made;
  if (options->k != 0) made.k = options->k;
  if (options->filter != nullptr) made.filter = quartz::Filter(options->filter);
  if (options->ef_search != 0) made.ef_search = options->ef_search;
  if (options->recall != 0) made.recall = options->recall;
  made.exact = options->exact;
  made.with_payload = options->with_payload;
  made.with_vectors = options->with_vectors;
  return made;
}

}  // namespace

quartz_error* quartz_collection_search(const quartz_collection* collection, const float* query,
                                       std::size_t dimensions, const quartz_search_options* options,
                                       quartz_hits** hits) {
  if (hits != nullptr) *hits = nullptr;
  return guarded({{"collection", collection}, {"query", query}, {"hits", hits}}, [&] {
    return hand_out(
        collection->collection.search(std::span(query, dimensions), search_options(options)), hits);
  });
}

quartz_error* quartz_collection_search_batch(const quartz_collection* collection,
                                             const float* queries, std::size_t count,
                                             std::size_t dimensions,
                                             const quartz_search_options* options,
                                             std::uint32_t threads, quartz_hits** hits) {
  for (std::size_t i = 0; hits != nullptr && i < count; ++i) hits[i] = nullptr;
  return guarded(
      {{"collection", collection}, {"queries", queries}, {"hits", hits}}, [&]() -> Result<void> {
        // Else the queries would be cut elsewhere.
        const std::size_t stored = collection->collection.config().dimensions;
        if (dimensions != stored) {
          return quartz::Error(quartz::Errc::invalid_argument,
                               "queries have " + std::to_string(dimensions) +
                                   " dimensions, and the collection " + std::to_string(stored));
        }
        QUARTZ_ASSIGN(auto answers,
                      collection->collection.search_batch(std::span(queries, count * dimensions),
                                                          search_options(options), threads));
        std::vector<std::unique_ptr<quartz_hits>> made;
        made.reserve(count);
        for (auto& answer : answers) {
          made.push_back(std::make_unique<quartz_hits>(std::move(answer)));
        }
        for (std::size_t i = 0; i < made.size(); ++i) hits[i] = made[i].release();
        return {};
      });
}

quartz_error* quartz_collection_search_by_id(const quartz_collection* collection, quartz_bytes id,
                                             const quartz_search_options* options,
                                             quartz_hits** hits) {
  if (hits != nullptr) *hits = nullptr;
  return guarded({{"collection", collection}, {"hits", hits}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("id", id));
    return hand_out_found(collection->collection.search_by_id(view(id), search_options(options)),
                          hits);
  });
}

quartz_error* quartz_collection_search_range(const quartz_collection* collection,
                                             const float* query, std::size_t dimensions,
                                             float score, const quartz_search_options* options,
                                             quartz_hits** hits) {
  if (hits != nullptr) *hits = nullptr;
  return guarded({{"collection", collection}, {"query", query}, {"hits", hits}}, [&] {
    return hand_out(collection->collection.search_range(std::span(query, dimensions), score,
                                                        search_options(options)),
                    hits);
  });
}

std::size_t quartz_hits_count(const quartz_hits* hits) { return hits->hits.size(); }

quartz_bytes quartz_hits_id(const quartz_hits* hits, std::size_t index) {
  return bytes_of(hits->hits[index].id);
}

float quartz_hits_score(const quartz_hits* hits, std::size_t index) {
  return hits->hits[index].score;
}

quartz_bytes quartz_hits_payload(const quartz_hits* hits, std::size_t index) {
  return bytes_of(hits->hits[index].payload);
}

const float* quartz_hits_vector(const quartz_hits* hits, std::size_t index) {
  const auto& vectors = hits->hits[index].vectors;
  return vectors.empty() ? nullptr : vectors.front().data();
}

void quartz_hits_destroy(quartz_hits* hits) { delete hits; }

quartz_error* quartz_collection_measure_recall(const quartz_collection* collection,
                                               const quartz_search_options* options,
                                               std::size_t samples, double* recall) {
  if (recall != nullptr) *recall = 0;
  return guarded({{"collection", collection}, {"recall", recall}}, [&]() -> Result<void> {
    QUARTZ_ASSIGN(*recall, collection->collection.measure_recall(search_options(options), samples));
    return {};
  });
}
