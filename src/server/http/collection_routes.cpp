#include "server/http/collection_routes.hpp"

#include <string>
#include <utility>

#include "server/http/collection_json.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/problem.hpp"
#include "server/service/vector_set_head.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kPath = "/api/v1/collections/{collection}";
constexpr std::string_view kNamesSchema =
    R"({"type":"object","properties":{"collections":{"type":"array","items":{"type":"object",)"
    R"("properties":{"name":{"type":"string"}},"required":["name"]}}},)"
    R"("required":["collections"]})";
constexpr std::string_view kCollectionSchema =
    R"({"type":"object","properties":{"name":{"type":"string"},"config":{"type":"object"},)"
    R"("points":{"type":"integer"},"vectors":{"type":"integer"},)"
    R"("vectors_pending":{"type":"integer"},"vectors_removed":{"type":"integer"},)"
    R"("memory_bytes":{"type":"integer"},"searches":{"type":"integer"},)"
    R"("rebuilding":{"type":"boolean"},"opened_by":{"type":"string"}},)"
    R"("required":["name","config","points"]})";

Response described(const VectorCollection& collection, int status) {
  return json_response(
      collection_json(collection.name(), collection.config(), collection.statistics()), status);
}

}  // namespace

void CollectionRoutes::add_to(RouteTable& table) {
  const BodyForm collection{.content_type = kJson, .schema = kCollectionSchema};
  table.add({.method = Method::get,
             .path = "/api/v1/collections",
             .name = "list_collections",
             .summary = "The collections of vectors, by name.",
             .scope = "vectors:read",
             .responses = {{.status = 200,
                            .description = "Their names.",
                            .forms = {{.content_type = kJson, .schema = kNamesSchema}}}},
             .function = [this](Request&) { return list(); }});
  table.add({.method = Method::get,
             .path = kPath,
             .name = "get_collection",
             .summary = "What a collection is, holds and does.",
             .scope = "vectors:read",
             .parameters = {collection_parameter()},
             .responses = {{.status = 200, .description = "It is this.", .forms = {collection}},
                           {.status = 404, .description = "No such collection."}},
             .function = [this](Request& request) { return get(request); }});
  table.add({.method = Method::put,
             .path = kPath,
             .name = "create_collection",
             .summary = "Makes a collection; one that is there with the same configuration stays.",
             .scope = "vectors:write",
             .parameters = {collection_parameter()},
             .body = {{.content_type = kJson, .schema = kCollectionConfigSchema}},
             .responses = {{.status = 200, .description = "It was there.", .forms = {collection}},
                           {.status = 201, .description = "Created.", .forms = {collection}},
                           {.status = 409, .description = "It has another configuration."}},
             .function = [this](Request& request) { return create(request); }});
  table.add({.method = Method::remove,
             .path = kPath,
             .name = "delete_collection",
             .summary = "Removes a collection with all of its points.",
             .scope = "vectors:write",
             .parameters = {collection_parameter()},
             .responses = {{.status = 204, .description = "It is gone."},
                           {.status = 404, .description = "No such collection."},
                           {.status = 409, .description = "It is that of a vector set."}},
             .function = [this](Request& request) { return drop(request); }});
}

Response CollectionRoutes::list() const {
  std::string body = "{\"collections\":[";
  for (const std::string& name : access_.collections().names()) {
    body += body.back() == '[' ? "{\"name\":" : ",{\"name\":";
    append_json_bytes(body, name);
    body += '}';
  }
  body += "]}";
  return json_response(std::move(body));
}

Task<Response> CollectionRoutes::get(const Request& request) {
  return access_.run(
      request, CollectionAccess::Where::here,
      [](VectorCollection& collection) -> Result<Response> { return described(collection, 200); });
}

Task<Response> CollectionRoutes::create(const Request& request) {
  return access_.workers().run([this, &request] { return create_now(request); });
}

Task<Response> CollectionRoutes::drop(const Request& request) {
  return access_.workers().run([this, &request] { return drop_now(request); });
}

Response CollectionRoutes::create_now(const Request& request) {
  const auto config = read_collection_config(request.body);
  if (!config) return problem_response(config.error());
  const std::string_view name = collection_name(request);
  if (name.starts_with(kVectorSetPrefix)) {
    return problem_response(409, "collections of vector sets are made by VADD");
  }
  const auto creation = access_.collections().create(name, *config);
  if (!creation) return problem_response(creation.error());
  return described(creation->collection, creation->created ? 201 : 200);
}

Response CollectionRoutes::drop_now(const Request& request) {
  const std::string_view name = collection_name(request);
  if (name.starts_with(kVectorSetPrefix)) {
    return problem_response(409, "collections of vector sets go with their keys");
  }
  const auto dropped = access_.collections().drop(name);
  if (dropped) return {.status = 204};
  if (dropped.error().code() != Errc::not_found) return problem_response(dropped.error());
  return problem_response(404, "there is no such collection");
}

}  // namespace quartz::server
