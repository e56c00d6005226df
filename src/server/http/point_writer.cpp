#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "server/http/json_bytes.hpp"
#include "server/http/point_json.hpp"

namespace quartz::server {
namespace {

void append_number(std::string& to, float number) {
  // JSON has no other numbers than finite ones.
  if (std::isfinite(number)) {
    fmt::format_to(std::back_inserter(to), "{}", number);
  } else {
    to += "null";
  }
}

void append_vectors(std::string& to, const std::vector<std::vector<float>>& vectors) {
  to += '[';
  for (const std::vector<float>& vector : vectors) {
    if (to.back() != '[') to += ',';
    to += '[';
    for (std::size_t index = 0; index < vector.size(); ++index) {
      if (index > 0) to += ',';
      append_number(to, vector[index]);
    }
    to += ']';
  }
  to += ']';
}

// It was checked to be JSON when it was stored.
void append_payload(std::string& to, std::string_view payload) {
  to += ",\"payload\":";
  to += payload.empty() ? "null" : payload;
}

}  // namespace

void append_point(std::string& to, const VectorPoint& point, bool with_vectors) {
  to += "{\"id\":";
  append_json_bytes(to, point.id);
  if (with_vectors) {
    to += ",\"vectors\":";
    append_vectors(to, point.vectors);
  }
  append_payload(to, point.payload);
  to += '}';
}

void append_hits(std::string& to, const std::vector<VectorHit>& hits,
                 const VectorSearchOptions& options) {
  to += '[';
  for (const VectorHit& hit : hits) {
    if (to.back() != '[') to += ',';
    to += "{\"id\":";
    append_json_bytes(to, hit.id);
    to += ",\"score\":";
    append_number(to, hit.score);
    if (options.with_payload) append_payload(to, hit.payload);
    if (options.with_vectors) {
      to += ",\"vectors\":";
      append_vectors(to, hit.vectors);
    }
    to += '}';
  }
  to += ']';
}

void append_explanation(std::string& to, const VectorSearchExplanation& explanation,
                        const VectorSearchOptions& options) {
  to += "{\"plan\":";
  append_json_bytes(to, explanation.plan);
  to += ",\"reason\":";
  append_json_bytes(to, explanation.reason);
  fmt::format_to(std::back_inserter(to),
                 ",\"ef_search\":{},\"points\":{},\"points_visited\":{},\"points_pending\":{},"
                 "\"points_compared\":{},\"duration_ns\":{},\"filter_ns\":{},\"walk_ns\":{},"
                 "\"ranking_ns\":{},\"hits\":",
                 explanation.ef_search, explanation.points, explanation.points_visited,
                 explanation.points_pending, explanation.points_compared, explanation.duration_ns,
                 explanation.filter_ns, explanation.walk_ns, explanation.ranking_ns);
  append_hits(to, explanation.hits, options);
  to += '}';
}

}  // namespace quartz::server
