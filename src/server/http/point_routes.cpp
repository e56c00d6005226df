#include "server/http/point_routes.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/media_type.hpp"
#include "server/http/point_json.hpp"
#include "server/http/problem.hpp"
#include "server/service/vector_set_points.hpp"

namespace quartz::server {
namespace {

using Where = CollectionAccess::Where;

/// Of a page, about; one point always fits.
constexpr std::size_t kPageBytesMax = std::size_t{1} << 20;
/// So that points which have no room on the page are not read by the thousand.
constexpr std::size_t kScrolledAtATime = 64;

constexpr std::string_view kPoints = "/api/v1/collections/{collection}/points";
constexpr std::string_view kPoint = "/api/v1/collections/{collection}/points/{id}";
constexpr std::string_view kPointsSchema =
    R"({"type":"array","items":{"type":"object","properties":{"id":{"type":["string","object"]},)"
    R"("vector":{"type":"array","items":{"type":"number"}},"vectors":{"type":"array","items":)"
    R"({"type":"array","items":{"type":"number"}}},"payload":{"type":["object","null"]}},)"
    R"("required":["id"]}})";
constexpr std::string_view kPointSchema =
    R"({"type":"object","properties":{"id":{"type":["string","object"]},"vectors":)"
    R"({"type":"array","items":{"type":"array","items":{"type":"number"}}},)"
    R"("payload":{"type":["object","null"]}},"required":["id","payload"]})";
constexpr std::string_view kCountSchema =
    R"({"type":"object","properties":{"upserted":{"type":"integer"}},"required":["upserted"]})";
constexpr std::string_view kScrollSchema =
    R"({"type":"object","properties":{"after":{"type":["string","object","null"]},)"
    R"("limit":{"type":"integer","minimum":1,"maximum":10000},"filter":{"type":"string"},)"
    R"("with_vectors":{"type":"boolean"}}})";
constexpr std::string_view kPageSchema =
    R"({"type":"object","properties":{"points":{"type":"array","items":{"type":"object"}},)"
    R"("next":{"type":["string","object","null"]}},"required":["points","next"]})";

RouteParameter id_parameter() {
  return {.name = "id",
          .place = ParameterPlace::path,
          .description = "The point's id, percent-encoded.",
          .maximum = kPointIdBytesMax};
}

std::string_view id_of(const Request& request) { return *request.arguments.text("id"); }

const RouteResponse& no_collection() {
  static const RouteResponse response{.status = 404, .description = "No such collection."};
  return response;
}

Result<Response> page_of(const VectorCollection& collection, const PointScroll& scroll) {
  std::string body = "{\"points\":[";
  std::optional<std::string> after = scroll.after;
  bool goes_on = true;
  for (std::size_t left = scroll.limit; left > 0 && goes_on && body.size() < kPageBytesMax;) {
    VectorScrollOptions options{.limit = std::min(left, kScrolledAtATime), .filter = scroll.filter};
    if (after) options.after = *after;
    QUARTZ_ASSIGN(const std::vector<VectorPoint> points, collection.scroll(options));
    goes_on = points.size() == options.limit;
    for (const VectorPoint& point : points) {
      if (body.size() >= kPageBytesMax) {
        goes_on = true;
        break;
      }
      if (body.back() != '[') body += ',';
      append_point(body, point, scroll.with_vectors);
      after = point.id;
      --left;
    }
  }
  body += "],\"next\":";
  if (goes_on) {
    append_json_bytes(body, *after);
  } else {
    body += "null";
  }
  body += '}';
  return json_response(std::move(body));
}

}  // namespace

void PointRoutes::add_to(RouteTable& table) {
  const BodyForm point{.content_type = kJson, .schema = kPointSchema};
  table.add({.method = Method::put,
             .path = kPoints,
             .name = "put_points",
             .summary = "Stores points, in place of those of the same ids: all of them or none.",
             .scope = "vectors:write",
             .parameters = {collection_parameter()},
             .body = {{.content_type = kJson, .schema = kPointsSchema},
                      {.content_type = kVectorBytes, .schema = kBytesSchema}},
             .responses = {{.status = 200,
                            .description = "They are found from now on.",
                            .forms = {{.content_type = kJson, .schema = kCountSchema}}},
                           no_collection()},
             .function = [this](Request& request) { return put(request); }});
  table.add({.method = Method::get,
             .path = kPoint,
             .name = "get_point",
             .summary = "A point as it was stored.",
             .scope = "vectors:read",
             .parameters = {collection_parameter(), id_parameter()},
             .responses = {{.status = 200, .description = "The point.", .forms = {point}},
                           {.status = 404, .description = "No such collection or point."}},
             .function = [this](Request& request) { return get(request); }});
  table.add({.method = Method::remove,
             .path = kPoint,
             .name = "delete_point",
             .summary = "Removes a point; one that is not there is no failure.",
             .scope = "vectors:write",
             .parameters = {collection_parameter(), id_parameter()},
             .responses = {{.status = 204, .description = "It is not there."}, no_collection()},
             .function = [this](Request& request) { return remove(request); }});
  table.add(
      {.method = Method::post,
       .path = "/api/v1/collections/{collection}/scroll",
       .name = "scroll_points",
       .summary = "Points in the order of their ids, page by page.",
       .scope = "vectors:read",
       .parameters = {collection_parameter()},
       .body = {{.content_type = kJson, .schema = kScrollSchema}},
       .responses = {{.status = 200,
                      .description = "A page, which ends at about 1 MiB; `next` goes into the "
                                     "`after` of the next one.",
                      .forms = {{.content_type = kJson, .schema = kPageSchema}}},
                     no_collection()},
       .function = [this](Request& request) { return scroll(request); }});
}

Task<Response> PointRoutes::put(const Request& request) {
  // May wait for the index to catch up.
  return access_.run(request, Where::worker, [this, &request](VectorCollection& collection) {
    return put_now(request, collection);
  });
}

Result<Response> PointRoutes::put_now(const Request& request, VectorCollection& collection) {
  const std::string_view type = request.header("Content-Type");
  const bool binary = is_same_word(trimmed(type.substr(0, type.find(';'))), kVectorBytes);
  QUARTZ_ASSIGN(const std::vector<VectorPoint> points,
                binary ? read_binary_points(request.body, collection.config().dimensions)
                       : read_points(request.body));
  QUARTZ_TRY(put_points(service_, collection, points, {.durability = durability_}));
  return json_response(fmt::format("{{\"upserted\":{}}}", points.size()));
}

Task<Response> PointRoutes::get(const Request& request) {
  return access_.run(request, Where::here,
                     [&request](VectorCollection& collection) -> Result<Response> {
                       QUARTZ_ASSIGN(const auto point, collection.get(id_of(request)));
                       if (!point) return problem_response(404, "there is no such point");
                       std::string body;
                       append_point(body, *point, true);
                       return json_response(std::move(body));
                     });
}

Task<Response> PointRoutes::remove(const Request& request) {
  const Where where = durability_ == Durability::disk ? Where::worker : Where::here;
  return access_.run(
      request, where, [this, &request](VectorCollection& collection) -> Result<Response> {
        QUARTZ_TRY(remove_point(service_, collection, id_of(request), {.durability = durability_}));
        return Response{.status = 204};
      });
}

Task<Response> PointRoutes::scroll(const Request& request) {
  return access_.run(request, Where::worker,
                     [&request](VectorCollection& collection) -> Result<Response> {
                       QUARTZ_ASSIGN(const PointScroll scroll, read_scroll(request.body));
                       return page_of(collection, scroll);
                     });
}

}  // namespace quartz::server
