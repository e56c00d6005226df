#include "server/http/batch_routes.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/http/database_argument.hpp"
#include "server/http/http_peer.hpp"
#include "server/http/idempotent_request.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/kv_batch.hpp"
#include "server/http/kv_write.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kBatchSchema =
    R"({"type":"object","properties":{"conditions":{"type":"array","items":{"type":"object",)"
    R"("properties":{"key":{"type":["string","object"]},"exists":{"type":"boolean"},)"
    R"("value":{"type":["string","object"]},"etag":{"type":"string"}},"required":["key"]}},)"
    R"("operations":{"type":"array","items":{"type":"object","properties":{)"
    R"("put":{"type":["string","object"]},"value":{"type":["string","object"]},)"
    R"("ttl":{"type":"integer","minimum":1},"delete":{"type":["string","object"]}}}}}})";
constexpr std::string_view kAppliedSchema =
    R"({"type":"object","properties":{"applied":{"type":"integer"}},"required":["applied"]})";
constexpr std::string_view kDatabasesSchema =
    R"({"type":"object","properties":{"databases":{"type":"array","items":{"type":"object",)"
    R"("properties":{"number":{"type":"integer"},"keyspace":{"type":"string"},)"
    R"("estimated_keys":{"type":"integer"}},"required":["number","keyspace"]}}},)"
    R"("required":["databases"]})";
constexpr std::string_view kKeyspacesSchema =
    R"({"type":"object","properties":{"keyspaces":{"type":"array","items":{"type":"object",)"
    R"("properties":{"name":{"type":"string"},"estimated_keys":{"type":"integer"}},)"
    R"("required":["name"]}}},"required":["keyspaces"]})";

// Whoever may write a key may see what it holds, and so may put conditions on it.
bool permits(const Grants& grants, const KvBatch& batch) {
  const auto sees = [&](const KvBatch::Condition& condition) {
    return grants.may(Right::kv_write, condition.key) || grants.may(Right::kv_read, condition.key);
  };
  const auto writes = [&](const KvBatch::Operation& operation) {
    return grants.may(Right::kv_write, operation.key);
  };
  return std::ranges::all_of(batch.conditions, sees) &&
         std::ranges::all_of(batch.operations, writes);
}

Route listing(std::string_view path, std::string_view name, std::string_view summary,
              std::string_view schema, Route::Function function) {
  return {.method = Method::get,
          .path = path,
          .name = name,
          .summary = summary,
          .scope = "kv:read",
          .responses = {{.status = 200,
                         .description = summary,
                         .forms = {{.content_type = kJson, .schema = schema}}}},
          .function = std::move(function)};
}

}  // namespace

void BatchRoutes::add_to(RouteTable& table) {
  table.add({.method = Method::post,
             .path = "/api/v1/batch",
             .name = "write_batch",
             .summary = "Puts and removes several keys, under conditions: all of it or nothing.",
             .scope = "kv:write",
             .checks_keys = true,
             .parameters = {database_parameter(), idempotency_parameter()},
             .body = {{.content_type = kJson, .schema = kBatchSchema}},
             .responses = {{.status = 200,
                            .description = "All operations were done.",
                            .forms = {{.content_type = kJson, .schema = kAppliedSchema}}},
                           {.status = 409, .description = "A key holds no string."},
                           {.status = 412, .description = "A condition does not hold."},
                           idempotency_refusal()},
             .function = [this](Request& request) { return write(request); }});
  table.add(listing("/api/v1/databases", "list_databases",
                    "The numbered databases that were used, which ?db= chooses among.",
                    kDatabasesSchema, [this](Request&) { return databases(); }));
  table.add(listing("/api/v1/keyspaces", "list_keyspaces", "All keyspaces of the engine.",
                    kKeyspacesSchema, [this](Request&) { return keyspaces(); }));
}

Task<Response> BatchRoutes::write(const Request& request) {
  if (durability_ != Durability::disk) co_return write_now(request);
  Response response = co_await workers_.run([this, &request] { return write_now(request); });
  co_return response;
}

Response BatchRoutes::write_now(const Request& request) {
  const auto batch = read_kv_batch(request.body);
  if (!batch) return problem_response(batch.error());
  if (request.peer != nullptr && !permits(request.peer->grants(), *batch)) {
    return problem_response(403, "this needs the scope kv:write for every key of the batch");
  }
  const auto database = service_.databases().select(database_number(request));
  if (!database) return problem_response(database.error());
  const auto apply = [&](DatabaseView& view) { return apply_kv_batch(view, *batch); };
  return response_of(service_.run(
      **database, [&](DatabaseView& view) { return run_once(service_, view, request, apply); },
      {.durability = durability_}));
}

Response BatchRoutes::databases() const {
  const Statistics now = service_.engine().statistics();
  std::string body = "{\"databases\":[";
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    const Database* const database = service_.databases().find(number);
    if (database == nullptr) continue;
    if (body.back() != '[') body += ',';
    fmt::format_to(std::back_inserter(body), R"({{"number":{},"keyspace":"{}")", number,
                   database->rows.name());
    for (const KeyspaceStatistics& each : now.keyspaces) {
      if (each.name != database->rows.name()) continue;
      fmt::format_to(std::back_inserter(body), R"(,"estimated_keys":{})", each.estimated_keys);
    }
    body += '}';
  }
  body += "]}";
  return json_response(std::move(body));
}

Response BatchRoutes::keyspaces() const {
  std::string body = "{\"keyspaces\":[";
  for (const KeyspaceStatistics& each : service_.engine().statistics().keyspaces) {
    body += body.back() == '[' ? "{\"name\":" : ",{\"name\":";
    append_json_bytes(body, each.name);
    fmt::format_to(std::back_inserter(body), R"(,"estimated_keys":{}}})", each.estimated_keys);
  }
  body += "]}";
  return json_response(std::move(body));
}

}  // namespace quartz::server
