#pragma once

// NOLINTBEGIN(readability-identifier-naming): names are as C has them, which knows no namespaces.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "quartz/c/error.h"
#include "quartz/c/storage.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Points that are found by their nearness to a vector: `quartz::VectorCollection`.
typedef struct quartz_collection quartz_collection;
/// A point that was read: `quartz::VectorPoint`.
typedef struct quartz_point quartz_point;
/// Points that a search found, the nearest first.
typedef struct quartz_hits quartz_hits;

/// How near two vectors are. Numbers are those of `quartz::Metric`.
typedef enum quartz_metric QUARTZ_OF_INT {
  QUARTZ_METRIC_COSINE = 0,  ///< -1 to 1; higher is nearer.
  QUARTZ_METRIC_L2 = 1,      ///< The square of the Euclidean distance; lower is nearer.
  QUARTZ_METRIC_DOT = 2      ///< The dot product; higher is nearer.
} quartz_metric;

/// How components are kept for searching. Numbers are those of `quartz::Quantization`.
typedef enum quartz_quantization QUARTZ_OF_INT {
  QUARTZ_QUANTIZATION_NONE = 0,  ///< Single precision.
  QUARTZ_QUANTIZATION_F16 = 1,   ///< IEEE 754 half precision.
  QUARTZ_QUANTIZATION_BF16 = 2,  ///< The upper half of single precision.
  QUARTZ_QUANTIZATION_SQ8 = 3,   ///< 8 bits a component.
  QUARTZ_QUANTIZATION_SQ4 = 4,   ///< 4 bits a component.
  QUARTZ_QUANTIZATION_BIT1 = 5   ///< 1 bit a component.
} quartz_quantization;

/// What a collection is. Begin with `quartz_collection_config_defaults`.
typedef struct quartz_collection_config {
  size_t dimensions;                 ///< Components of each vector.
  quartz_metric metric;              ///< What nearness is.
  quartz_quantization quantization;  ///< How vectors lie in the graph.
  uint32_t m;                        ///< Links of a point in the graph.
  uint32_t ef_construction;          ///< Candidates that an insertion looks at.
} quartz_collection_config;

/// The defaults, for vectors of so many dimensions.
QUARTZ_EXPORT quartz_collection_config quartz_collection_config_defaults(size_t dimensions);

/// Opens the collection `name`, creating it as `config` says if there is none; one that there is
/// must be of that configuration. With `config` NULL: as it is stored, QUARTZ_NOT_FOUND if there is
/// none.
QUARTZ_EXPORT quartz_error* quartz_collection_open(quartz_engine* engine, const char* name,
                                                   const quartz_collection_config* config,
                                                   quartz_collection** collection);
/// Saves the index with the last handle of a collection.
QUARTZ_EXPORT void quartz_collection_destroy(quartz_collection* collection);
/// Removes a collection and its points for good.
QUARTZ_EXPORT quartz_error* quartz_engine_drop_collection(quartz_engine* engine, const char* name);
/// Names of the engine's collections, sorted.
QUARTZ_EXPORT quartz_error* quartz_engine_collection_names(const quartz_engine* engine,
                                                           quartz_names** names);
/// What it was created or last re-indexed with; all zero when there is no memory.
QUARTZ_EXPORT quartz_collection_config
quartz_collection_stored_config(const quartz_collection* collection);

// Points. `vector` has `dimensions` components; `payload` is a JSON object, or empty.

/// Stores a point under `id`, in place of what was there.
QUARTZ_EXPORT quartz_error* quartz_collection_upsert(quartz_collection* collection, quartz_bytes id,
                                                     const float* vector, size_t dimensions,
                                                     quartz_bytes payload,
                                                     const quartz_write_options* options);
/// Removing a point that does not exist succeeds.
QUARTZ_EXPORT quartz_error* quartz_collection_remove(quartz_collection* collection, quartz_bytes id,
                                                     const quartz_write_options* options);
/// Replaces the payload of a point; `*found` says whether there is one.
QUARTZ_EXPORT quartz_error* quartz_collection_set_payload(quartz_collection* collection,
                                                          quartz_bytes id, quartz_bytes payload,
                                                          const quartz_write_options* options,
                                                          bool* found);
/// Adds an upsert to a batch. A point that is refused makes writing the batch fail.
QUARTZ_EXPORT void quartz_batch_upsert(quartz_batch* batch, const quartz_collection* collection,
                                       quartz_bytes id, const float* vector, size_t dimensions,
                                       quartz_bytes payload);
/// Adds a removal of a point to a batch.
QUARTZ_EXPORT void quartz_batch_remove_point(quartz_batch* batch,
                                             const quartz_collection* collection, quartz_bytes id);

/// Points in it.
QUARTZ_EXPORT uint64_t quartz_collection_count(const quartz_collection* collection);
/// Points that match a filter (docs/guide/filters.md).
QUARTZ_EXPORT quartz_error* quartz_collection_count_matching(const quartz_collection* collection,
                                                             const char* filter, uint64_t* count);
/// `*point` is NULL if there is none of that id.
QUARTZ_EXPORT quartz_error* quartz_collection_get(const quartz_collection* collection,
                                                  quartz_bytes id, quartz_point** point);
/// How many vectors the point has: one, unless another interface stored more.
QUARTZ_EXPORT size_t quartz_point_vector_count(const quartz_point* point);
/// `dimensions` components, which live as long as the point; NULL for an index past the end.
QUARTZ_EXPORT const float* quartz_point_vector(const quartz_point* point, size_t index);
/// Lives as long as the point.
QUARTZ_EXPORT quartz_bytes quartz_point_payload(const quartz_point* point);
QUARTZ_EXPORT void quartz_point_destroy(quartz_point* point);  ///< Ends its life; takes NULL.

// Searching.

/// What a search is asked for. All zero is the default.
typedef struct quartz_search_options {
  size_t k;            ///< Points to find; 0: 10.
  const char* filter;  ///< Only points that match it (docs/guide/filters.md); NULL: all.
  size_t ef_search;    ///< Candidates that the walk keeps; 0: as many as `recall` takes.
  double recall;       ///< Share of the exactly nearest to find, on average; 0: 0.97.
  bool exact;          ///< Compares with every point instead of walking the graph.
  bool with_payload;   ///< Whether hits bring their payload.
  bool with_vectors;   ///< Whether hits bring their vectors.
} quartz_search_options;

/// The points nearest to `query`. `options` may be NULL.
QUARTZ_EXPORT quartz_error* quartz_collection_search(const quartz_collection* collection,
                                                     const float* query, size_t dimensions,
                                                     const quartz_search_options* options,
                                                     quartz_hits** hits);
/// One answer for each of `count` queries, which lie one behind the other: `hits` is an array of
/// `count`, of which none is set after a failure. On up to `threads` threads; 0: as many as the
/// machine has; fewer if the system refuses more.
QUARTZ_EXPORT quartz_error* quartz_collection_search_batch(const quartz_collection* collection,
                                                           const float* queries, size_t count,
                                                           size_t dimensions,
                                                           const quartz_search_options* options,
                                                           uint32_t threads, quartz_hits** hits);
/// The points nearest to a stored one, without itself; `*hits` is NULL if there is none of that id.
QUARTZ_EXPORT quartz_error* quartz_collection_search_by_id(const quartz_collection* collection,
                                                           quartz_bytes id,
                                                           const quartz_search_options* options,
                                                           quartz_hits** hits);
/// All points whose score is `score` or nearer, at most `k` of them.
QUARTZ_EXPORT quartz_error* quartz_collection_search_range(const quartz_collection* collection,
                                                           const float* query, size_t dimensions,
                                                           float score,
                                                           const quartz_search_options* options,
                                                           quartz_hits** hits);

QUARTZ_EXPORT size_t quartz_hits_count(const quartz_hits* hits);  ///< How many there are.
// Of hit `index`, which must be below the count; they live as long as `hits`.
/// Of the point that was found.
QUARTZ_EXPORT quartz_bytes quartz_hits_id(const quartz_hits* hits, size_t index);
/// The metric's value between the query and the point.
QUARTZ_EXPORT float quartz_hits_score(const quartz_hits* hits, size_t index);
/// Empty unless `with_payload` was asked for.
QUARTZ_EXPORT quartz_bytes quartz_hits_payload(const quartz_hits* hits, size_t index);
/// The first vector of the point; NULL unless `with_vectors` was asked for.
QUARTZ_EXPORT const float* quartz_hits_vector(const quartz_hits* hits, size_t index);
QUARTZ_EXPORT void quartz_hits_destroy(quartz_hits* hits);  ///< Ends its life; takes NULL.

// The index.

/// Kinds of indexes on fields of payloads. Numbers are those of `quartz::PayloadIndexKind`.
typedef enum quartz_payload_index_kind QUARTZ_OF_INT {
  QUARTZ_PAYLOAD_INDEX_KEYWORD = 0,   ///< Texts, for `==`, `!=` and `in`.
  QUARTZ_PAYLOAD_INDEX_PREFIX = 1,    ///< Texts in their order, for prefixes and `<` as well.
  QUARTZ_PAYLOAD_INDEX_INTEGER = 2,   ///< Integers of 64 bits with a sign.
  QUARTZ_PAYLOAD_INDEX_FLOATING = 3,  ///< All numbers.
  QUARTZ_PAYLOAD_INDEX_BOOLEAN = 4    ///< Truth values.
} quartz_payload_index_kind;

/// Makes an index on a field of the payloads, by which filters find points.
QUARTZ_EXPORT quartz_error* quartz_collection_create_payload_index(quartz_collection* collection,
                                                                   const char* field,
                                                                   quartz_payload_index_kind kind);
/// Returns when all points of before the call are in the graph.
QUARTZ_EXPORT quartz_error* quartz_collection_wait_until_indexed(
    const quartz_collection* collection);
/// Builds the index anew with another quantization, m and ef_construction while the present one
/// serves. `config` is otherwise the stored one.
QUARTZ_EXPORT quartz_error* quartz_collection_reindex(quartz_collection* collection,
                                                      const quartz_collection_config* config);
/// Share of the exactly nearest that searches find, measured on up to `samples` points.
QUARTZ_EXPORT quartz_error* quartz_collection_measure_recall(const quartz_collection* collection,
                                                             const quartz_search_options* options,
                                                             size_t samples, double* recall);

#ifdef __cplusplus
}
#endif

// NOLINTEND(readability-identifier-naming)
