#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/vector/vector_point.hpp"
#include "quartz/vector/vector_search.hpp"
#include "server/http/arguments.hpp"

namespace quartz::server {

/// Vectors as they lie in memory: components in single precision, little endian.
inline constexpr std::string_view kVectorBytes = "application/vnd.quartz.f32";

/// A search as a request asks for it: near a vector, or near a stored point.
struct PointQuery {
  std::optional<std::string> id = {};
  std::vector<float> vector = {};  ///< Several, one behind the other, of a batch.
  VectorSearchOptions options = {};
};

/// A page of points as a request asks for it. Bytes of `after` are here.
struct PointScroll {
  std::optional<std::string> after = {};
  std::size_t limit = 100;
  Filter filter = {};
  bool with_vectors = true;
};

// All of them: `invalid_argument` says what is wrong, and where.

/// `[{"id": …, "vector": […] | "vectors": [[…]], "payload": {…}}]`, or the same under `points`.
Result<std::vector<VectorPoint>> read_points(std::string_view body);
/// Points one behind the other, all of `dimensions`: bytes of the id and of the payload as two
/// 32-bit numbers, id, payload, vector. Numbers are little endian.
Result<std::vector<VectorPoint>> read_binary_points(std::string_view body, std::size_t dimensions);

/// What parameters of a request say of a search; they go with bodies of bytes.
Result<VectorSearchOptions> search_options_of(const Arguments& arguments);
/// `{"vector": […] | "id": …, "k": 10, …}` over `options`.
Result<PointQuery> read_query(std::string_view body, VectorSearchOptions options);
/// `{"vectors": [[…], …], "k": 10, …}` over `options`, of vectors of `dimensions`.
Result<PointQuery> read_query_batch(std::string_view body, VectorSearchOptions options,
                                    std::size_t dimensions);
/// Vectors one behind the other.
Result<std::vector<float>> read_vector_bytes(std::string_view body);
Result<PointScroll> read_scroll(std::string_view body);

void append_point(std::string& to, const VectorPoint& point, bool with_vectors);
/// `[{"id": …, "score": …}, …]`
void append_hits(std::string& to, const std::vector<VectorHit>& hits,
                 const VectorSearchOptions& options);
void append_explanation(std::string& to, const VectorSearchExplanation& explanation,
                        const VectorSearchOptions& options);

}  // namespace quartz::server
