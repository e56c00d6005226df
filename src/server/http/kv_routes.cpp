#include "server/http/kv_routes.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/http/database_argument.hpp"
#include "server/http/entity_tag.hpp"
#include "server/http/idempotent_request.hpp"
#include "server/http/json_body.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/media_type.hpp"
#include "server/http/problem.hpp"
#include "server/http/row_page.hpp"
#include "server/http/time_to_live.hpp"
#include "server/service/strings.hpp"

namespace quartz::server {
namespace {

constexpr std::uint64_t kPageRowsMax = 10'000;
constexpr std::uint64_t kPageRows = 100;

constexpr std::string_view kNewValueSchema =
    R"({"type":"object","properties":{"value":{"oneOf":[{"type":"string"},)"
    R"({"type":"object","properties":{"b64":{"type":"string","contentEncoding":"base64"}},)"
    R"("required":["b64"]}]}},"required":["value"],"additionalProperties":false})";
constexpr std::string_view kValueSchema =
    R"({"type":"object","properties":{"value":{"oneOf":[{"type":"string"},)"
    R"({"type":"object","properties":{"b64":{"type":"string","contentEncoding":"base64"}},)"
    R"("required":["b64"]}]},"ttl":{"type":"integer"}},"required":["value"]})";
constexpr std::string_view kPatchSchema =
    R"({"type":"object","properties":{"increment":{"type":"number"},"append":{"oneOf":[)"
    R"({"type":"string"},{"type":"object","properties":{"b64":{"type":"string"}}}]},)"
    R"("ttl":{"type":["integer","null"]}},"minProperties":1,"maxProperties":1})";
constexpr std::string_view kPatchedSchema =
    R"({"type":"object","properties":{"value":{"type":"number"},"length":{"type":"integer"},)"
    R"("ttl":{"type":["integer","null"]}},"minProperties":1})";
constexpr std::string_view kRowsSchema =
    R"({"type":"object","properties":{"rows":{"type":"array","items":{"type":"object"}},)"
    R"("next_cursor":{"type":["string","null"]}},"required":["rows","next_cursor"]})";
constexpr std::string_view kRowSchema = R"({"type":"object"})";

const RouteParameter& key_parameter() {
  static const RouteParameter parameter{.name = "key",
                                        .place = ParameterPlace::path,
                                        .description = "The key, percent-encoded.",
                                        .maximum = kServerKeyBytesMax};
  return parameter;
}

constexpr std::string_view kCursorSchema =
    R"({"type":"object","properties":{"cursor":{"type":"string"}},"required":["cursor"]})";

// But for the cursor.
std::vector<RouteParameter> page_parameters() {
  return {{.name = "prefix", .description = "Only keys that begin with it."},
          {.name = "start", .description = "First key."},
          {.name = "end", .description = "First key past the end."},
          {.name = "limit",
           .type = ParameterType::integer,
           .description = "Most rows of the page; 100 if not given.",
           .minimum = 1,
           .maximum = kPageRowsMax},
          {.name = "keys_only",
           .type = ParameterType::boolean,
           .description = "Leaves the values out."},
          database_parameter()};
}

std::vector<BodyForm> value_forms(std::string_view schema) {
  return {{.content_type = kBytes, .schema = kBytesSchema},
          {.content_type = kJson, .schema = schema}};
}

std::string_view key_of(const Request& request) { return *request.arguments.text("key"); }

bool is_json(const Request& request) {
  const std::string_view type = request.header("Content-Type");
  return is_same_word(trimmed(type.substr(0, type.find(';'))), kJson);
}

Result<std::string> cursor_in(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(const simdjson::dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const simdjson::dom::object object, json_object("the body", root));
  std::optional<std::string> cursor;
  for (const auto [name, value] : object) {
    if (name != "cursor") return unknown_member(name);
    QUARTZ_ASSIGN(const std::string_view text, json_text(name, value));
    cursor = text;
  }
  if (!cursor) return invalid_body("the body must be {\"cursor\": \"…\"}");
  return *std::move(cursor);
}

std::string json_of(const VisibleRow& row, ExpiryTime now) {
  std::string body = "{\"value\":";
  append_json_bytes(body, row.value);
  if (row.attributes.expires_at) {
    body += ",\"ttl\":";
    body += std::to_string(seconds_left(*row.attributes.expires_at, now));
  }
  body += '}';
  return body;
}

}  // namespace

void KvRoutes::add_to(RouteTable& table) {
  add_writers_to(table);
  table.add({.method = Method::get,
             .path = "/api/v1/kv/{key}",
             .name = "get_value",
             .summary = "The value of a key: its bytes, or JSON if Accept asks for it.",
             .scope = "kv:read",
             .parameters = {key_parameter(), database_parameter()},
             .responses = {{.status = 200,
                            .description = "The value.",
                            .forms = value_forms(kValueSchema)},
                           {.status = 304, .description = "If-None-Match has its ETag."},
                           {.status = 404, .description = "No such key."},
                           {.status = 409, .description = "The key holds no string."},
                           {.status = 412, .description = "If-Match has another ETag."}},
             .function = [this](Request& request) { return get(request); }});
  const RouteResponse page{.status = 200,
                           .description = "A page; X-Next-Cursor names the next one, too.",
                           .forms = {{.content_type = kJson, .schema = kRowsSchema},
                                     {.content_type = kNdjson, .schema = kRowSchema}}};
  std::vector<RouteParameter> parameters = page_parameters();
  parameters.push_back({.name = "cursor", .description = "The next_cursor of the page before."});
  table.add({.method = Method::get,
             .path = "/api/v1/kv",
             .name = "list_values",
             .summary = "Rows in the order of their keys, page by page.",
             .scope = "kv:read",
             .parameters = std::move(parameters),
             .responses = {page},
             .function = [this](Request& request) {
               return list(request, request.arguments.text("cursor"));
             }});
  table.add({.method = Method::post,
             .path = "/api/v1/kv",
             .name = "continue_listing",
             .summary = "The same with the cursor in the body, for those that are too long for a "
                        "request line.",
             .scope = "kv:read",
             .parameters = page_parameters(),
             .body = {{.content_type = kJson, .schema = kCursorSchema}},
             .responses = {page},
             .function = [this](Request& request) { return list_on(request); }});
}

void KvRoutes::add_writers_to(RouteTable& table) {
  const RouteResponse refused{.status = 412, .description = "A condition does not hold."};
  const RouteResponse other_kind{.status = 409, .description = "The key holds no string."};
  const RouteResponse reused = idempotency_refusal();
  table.add({.method = Method::put,
             .path = "/api/v1/kv/{key}",
             .name = "put_value",
             .summary = "Sets the value of a key; under a condition with If-Match, or "
                        "If-None-Match: *.",
             .scope = "kv:write",
             .parameters = {key_parameter(), ttl_parameter(), database_parameter(),
                            idempotency_parameter()},
             .body = value_forms(kNewValueSchema),
             .responses = {{.status = 204, .description = "Done."}, refused, other_kind, reused},
             .function =
                 writer([this](Request& request) { return write(request, KeyWrite::What::put); })});
  table.add({.method = Method::post,
             .path = "/api/v1/kv/{key}",
             .name = "create_value",
             .summary = "Sets the value of a key that is not there yet.",
             .scope = "kv:write",
             .parameters = {key_parameter(), ttl_parameter(), database_parameter(),
                            idempotency_parameter()},
             .body = value_forms(kNewValueSchema),
             .responses = {{.status = 201, .description = "Created."},
                           {.status = 409,
                            .description = "The key is there already, or holds no string."},
                           refused,
                           reused},
             .function = writer(
                 [this](Request& request) { return write(request, KeyWrite::What::create); })});
  table.add({.method = Method::remove,
             .path = "/api/v1/kv/{key}",
             .name = "delete_value",
             .summary = "Removes a key; one that is not there is no failure.",
             .scope = "kv:write",
             .parameters = {key_parameter(), database_parameter(), idempotency_parameter()},
             .responses =
                 {{.status = 204, .description = "It is not there."}, refused, other_kind, reused},
             .function = writer(
                 [this](Request& request) { return write(request, KeyWrite::What::remove); })});
  table.add({.method = Method::patch,
             .path = "/api/v1/kv/{key}",
             .name = "patch_value",
             .summary =
                 "Adds to the number that a key holds, appends to its value, or changes when "
                 "it expires.",
             .scope = "kv:write",
             .parameters = {key_parameter(), database_parameter(), idempotency_parameter()},
             .body = {{.content_type = kJson, .schema = kPatchSchema}},
             .responses = {{.status = 200,
                            .description = "What became of it: the number, the length, or the "
                                           "seconds that it has left.",
                            .forms = {{.content_type = kJson, .schema = kPatchedSchema}}},
                           {.status = 404, .description = "No such key, which cannot expire."},
                           refused,
                           other_kind,
                           reused},
             .function = writer([this](Request& request) { return patch(request); })});
}

Response KvRoutes::get(Request& request) const {
  const Database* const database = service_.databases().find(database_number(request));
  if (database == nullptr) return problem_response(404, "there is no such key");
  Transaction transaction(service_.engine());
  DatabaseView view = service_.view(transaction, *database);
  const auto found = strings::get(view, key_of(request));
  if (!found) return problem_response(found.error());
  const std::optional<VisibleRow>& row = *found;
  if (!row) return problem_response(404, "there is no such key");
  const std::string tag = entity_tag(row->value);
  if (request.has_header("If-Match") && !matches_entity_tag(request.header("If-Match"), tag)) {
    return problem_response(412, "the value is not the one of If-Match");
  }
  Response response;
  response.with("ETag", tag).with("Vary", "Accept");
  if (row->attributes.expires_at) {
    response.with(std::string(kTtlHeader),
                  std::to_string(seconds_left(*row->attributes.expires_at, view.now())));
  }
  if (request.has_header("If-None-Match") &&
      matches_entity_tag(request.header("If-None-Match"), tag)) {
    response.status = 304;
  } else if (prefers(request.header("Accept"), kJson, kBytes)) {
    response.content_type = kJson;
    response.body = json_of(*row, view.now());
  } else {
    response.content_type = kBytes;
    response.body = row->value;
  }
  return response;
}

Response KvRoutes::list_on(const Request& request) const {
  const Result<std::string> cursor = cursor_in(request.body);
  if (!cursor) return problem_response(cursor.error());
  return list(request, *cursor);
}

Response KvRoutes::list(const Request& request, std::optional<std::string_view> cursor) const {
  const Arguments& arguments = request.arguments;
  const bool lines = prefers(request.header("Accept"), kNdjson, kJson);
  Response response{.content_type = lines ? kNdjson : kJson};
  response.with("Vary", "Accept");
  const Database* const database = service_.databases().find(database_number(request));
  if (database == nullptr) {
    if (!lines) response.body = R"({"rows":[],"next_cursor":null})";
    return response;
  }
  auto page = read_row_page(service_.engine(), database->rows,
                            {.prefix = arguments.text("prefix").value_or(""),
                             .start = arguments.text("start"),
                             .end = arguments.text("end"),
                             .cursor = cursor,
                             .rows_max = arguments.number_or("limit", kPageRows),
                             .keys_only = arguments.flag("keys_only"),
                             .lines = lines});
  if (!page) return problem_response(page.error());
  response.body = std::move(page->text);
  if (!page->next_cursor.empty()) response.with("X-Next-Cursor", std::move(page->next_cursor));
  return response;
}

template <class Operation>
Response KvRoutes::run(const Request& request, Operation operation) {
  const auto database = service_.databases().select(database_number(request));
  if (!database) return problem_response(database.error());
  return response_of(service_.run(
      **database, [&](DatabaseView& view) { return run_once(service_, view, request, operation); },
      {.durability = durability_}));
}

template <class Write>
Route::LongFunction KvRoutes::writer(Write write) {
  return [this, write](Request& request) -> Task<Response> {
    if (durability_ != Durability::disk) co_return write(request);
    // A sync takes milliseconds, in which this io thread would serve nobody.
    Response response = co_await workers_.run([&] { return write(request); });
    co_return response;
  };
}

Response KvRoutes::write(const Request& request, KeyWrite::What what) {
  const auto ttl = time_to_live(request);
  if (!ttl) return problem_response(ttl.error());
  KeyWrite write{.what = what, .key = key_of(request), .value = request.body, .time_to_live = *ttl};
  std::string decoded;
  if (what != KeyWrite::What::remove && is_json(request)) {
    auto value = value_of_json(request.body);
    if (!value) return problem_response(value.error());
    decoded = *std::move(value);
    write.value = decoded;
  }
  return run(request, [&](DatabaseView& view) { return write_key(view, request, write); });
}

Response KvRoutes::patch(const Request& request) {
  const auto patch = read_key_patch(request.body);
  if (!patch) return problem_response(patch.error());
  return run(request,
             [&](DatabaseView& view) { return patch_key(view, request, key_of(request), *patch); });
}

}  // namespace quartz::server
