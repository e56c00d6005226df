#include "server/http/query_routes.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {
namespace {

using Where = CollectionAccess::Where;

/// All hits of a batch are kept until the last query is answered.
constexpr std::size_t kBatchHitsMax = 100'000;

constexpr std::string_view kOptions =
    R"("k":{"type":"integer","minimum":1,"maximum":10000},"filter":{"type":"string"},)"
    R"("recall":{"type":"number"},"ef_search":{"type":"integer","minimum":1,"maximum":100000},)"
    R"("exact":{"type":"boolean"},"with_payload":{"type":"boolean"},)"
    R"("with_vectors":{"type":"boolean"}}})";
constexpr std::string_view kHits =
    R"("hits":{"type":"array","items":{"type":"object","properties":{)"
    R"("id":{"type":["string","object"]},"score":{"type":["number","null"]},)"
    R"("payload":{"type":["object","null"]},"vectors":{"type":"array"}},)"
    R"("required":["id","score"]}})";
constexpr std::string_view kResultsSchema =
    R"({"type":"object","properties":{"results":{"type":"array","items":{"type":"array",)"
    R"("items":{"type":"object"}}}},"required":["results"]})";

// Routes hold views of their schemas.
std::string_view query_schema() {
  static const std::string schema = fmt::format(
      R"({{"type":"object","properties":{{"vector":{{"type":"array","items":{{"type":"number"}}}},)"
      R"("id":{{"type":["string","object"]}},{})",
      kOptions);
  return schema;
}

std::string_view batch_schema() {
  static const std::string schema =
      fmt::format(R"({{"type":"object","properties":{{"vectors":{{"type":"array","items":)"
                  R"({{"type":"array","items":{{"type":"number"}}}}}},{})",
                  kOptions);
  return schema;
}

std::string_view hits_schema() {
  static const std::string schema =
      fmt::format(R"({{"type":"object","properties":{{{}}},"required":["hits"]}})", kHits);
  return schema;
}

std::string_view explanation_schema() {
  static const std::string schema = [] {
    std::string figures;
    for (const char* name :
         {"ef_search", "points", "points_visited", "points_pending", "points_compared",
          "duration_ns", "filter_ns", "walk_ns", "ranking_ns"}) {
      figures += fmt::format(R"("{}":{{"type":"integer"}},)", name);
    }
    return fmt::format(
        R"({{"type":"object","properties":{{"plan":{{"type":"string"}},)"
        R"("reason":{{"type":"string"}},{}{}}},"required":["plan","reason","hits"]}})",
        figures, kHits);
  }();
  return schema;
}

std::vector<RouteParameter> query_parameters() {
  return {collection_parameter(),
          {.name = "k",
           .type = ParameterType::integer,
           .description = "Points to find, 10 if not given. This and what follows go with vectors "
                          "as bytes; a body of JSON has them as members.",
           .minimum = 1,
           .maximum = kSearchResultsMax},
          {.name = "filter", .description = "Only points that match it."},
          {.name = "recall", .description = "Share of the nearest to find; 0.97 if not given."},
          {.name = "ef_search",
           .type = ParameterType::integer,
           .description = "Candidates that the search keeps, in place of recall.",
           .minimum = 1,
           .maximum = kEfSearchMax},
          {.name = "exact",
           .type = ParameterType::boolean,
           .description = "Compares with every point."},
          {.name = "with_payload",
           .type = ParameterType::boolean,
           .description = "Hits bring their payload."},
          {.name = "with_vectors",
           .type = ParameterType::boolean,
           .description = "Hits bring their vectors."}};
}

bool is_binary(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  return is_same_word(trimmed(type.substr(0, type.find(';'))), kVectorBytes);
}

Result<PointQuery> query_of(const Request& request) {
  QUARTZ_ASSIGN(VectorSearchOptions options, search_options_of(request.arguments));
  if (!is_binary(request)) return read_query(request.body, std::move(options));
  PointQuery query{.options = std::move(options)};
  QUARTZ_ASSIGN(query.vector, read_vector_bytes(request.body));
  return query;
}

Result<PointQuery> batch_of(const Request& request, std::size_t dimensions) {
  QUARTZ_ASSIGN(VectorSearchOptions options, search_options_of(request.arguments));
  if (!is_binary(request)) return read_query_batch(request.body, std::move(options), dimensions);
  PointQuery query{.options = std::move(options)};
  QUARTZ_ASSIGN(query.vector, read_vector_bytes(request.body));
  return query;
}

Result<Response> search(const VectorCollection& collection, const PointQuery& query) {
  std::string body = "{\"hits\":";
  if (query.id) {
    QUARTZ_ASSIGN(const auto hits, collection.search_by_id(*query.id, query.options));
    if (!hits) return problem_response(404, "there is no such point");
    append_hits(body, *hits, query.options);
  } else {
    QUARTZ_ASSIGN(const auto hits, collection.search(query.vector, query.options));
    append_hits(body, hits, query.options);
  }
  body += '}';
  return json_response(std::move(body));
}

Result<void> check_batch(const PointQuery& batch, std::size_t dimensions) {
  const std::size_t queries = batch.vector.size() / dimensions;
  if (queries <= kBatchHitsMax / batch.options.k) return {};
  return invalid_body(fmt::format("{} queries with k = {} ask for more than {} hits together",
                                  queries, batch.options.k, kBatchHitsMax));
}

Result<Response> search_all(const VectorCollection& collection, const PointQuery& batch) {
  QUARTZ_TRY(check_batch(batch, collection.config().dimensions));
  QUARTZ_ASSIGN(const auto results, collection.search_batch(batch.vector, batch.options));
  std::string body = "{\"results\":[";
  for (const std::vector<VectorHit>& hits : results) {
    if (body.back() != '[') body += ',';
    append_hits(body, hits, batch.options);
  }
  body += "]}";
  return json_response(std::move(body));
}

Result<Response> explained(const VectorCollection& collection, const PointQuery& query) {
  std::vector<float> vector = query.vector;
  if (query.id) {
    QUARTZ_ASSIGN(auto point, collection.get(*query.id));
    if (!point) return problem_response(404, "there is no such point");
    vector = std::move(point->vectors.front());
  }
  QUARTZ_ASSIGN(const VectorSearchExplanation explanation,
                collection.explain(vector, query.options));
  std::string body;
  append_explanation(body, explanation, query.options);
  return json_response(std::move(body));
}

Route query_route(std::string_view path, std::string_view name, std::string_view summary,
                  std::string_view body, std::string_view answer, Route::LongFunction function) {
  return {.method = Method::post,
          .path = path,
          .name = name,
          .summary = summary,
          .scope = "vectors:read",
          .parameters = query_parameters(),
          .body = {{.content_type = kJson, .schema = body},
                   {.content_type = kVectorBytes, .schema = kBytesSchema}},
          .responses = {{.status = 200,
                         .description = "The nearest first.",
                         .forms = {{.content_type = kJson, .schema = answer}}},
                        {.status = 404, .description = "No such collection or point."}},
          .function = std::move(function)};
}

}  // namespace

void QueryRoutes::add_to(RouteTable& table) {
  table.add(query_route("/api/v1/collections/{collection}/query", "query_points",
                        "The points nearest to a vector, or to a stored point.", query_schema(),
                        hits_schema(), [this](Request& request) { return query(request); }));
  table.add(query_route(
      "/api/v1/collections/{collection}/query/batch", "query_points_in_batch",
      "The points nearest to each of several vectors: of all of them at most 100000 "
      "hits, which is vectors times k.",
      batch_schema(), kResultsSchema, [this](Request& request) { return query_batch(request); }));
  table.add(query_route("/api/v1/collections/{collection}/explain", "explain_query",
                        "The same as a query, and how it was carried out.", query_schema(),
                        explanation_schema(),
                        [this](Request& request) { return explain(request); }));
}

Task<Response> QueryRoutes::query(const Request& request) {
  Result<PointQuery> read = query_of(request);
  if (!read) co_return problem_response(read.error());
  const PointQuery query = *std::move(read);
  // A walk through the graph takes microseconds; a look at every point does not.
  const Where where = query.options.exact ? Where::worker : Where::here;
  CollectionAccess::Work work = [&query](VectorCollection& collection) {
    return search(collection, query);
  };
  Response response = co_await access_.run(request, where, std::move(work));
  co_return response;
}

Task<Response> QueryRoutes::query_batch(const Request& request) {
  return access_.run(
      request, Where::worker, [&request](VectorCollection& collection) -> Result<Response> {
        QUARTZ_ASSIGN(const PointQuery batch, batch_of(request, collection.config().dimensions));
        return search_all(collection, batch);
      });
}

Task<Response> QueryRoutes::explain(const Request& request) {
  return access_.run(request, Where::worker,
                     [&request](VectorCollection& collection) -> Result<Response> {
                       QUARTZ_ASSIGN(const PointQuery query, query_of(request));
                       return explained(collection, query);
                     });
}

}  // namespace quartz::server
