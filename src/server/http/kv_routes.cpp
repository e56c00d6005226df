#include "server/http/kv_routes.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "server/http/entity_tag.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/media_type.hpp"
#include "server/http/problem.hpp"
#include "server/http/row_page.hpp"

namespace quartz::server {
namespace {

constexpr std::uint64_t kPageRowsMax = 10'000;
constexpr std::uint64_t kPageRows = 100;

constexpr std::string_view kValueSchema =
    R"({"type":"object","properties":{"value":{"oneOf":[{"type":"string"},)"
    R"({"type":"object","properties":{"b64":{"type":"string","contentEncoding":"base64"}},)"
    R"("required":["b64"]}]}},"required":["value"]})";
constexpr std::string_view kRowsSchema =
    R"({"type":"object","properties":{"rows":{"type":"array","items":{"type":"object"}},)"
    R"("next_cursor":{"type":["string","null"]}},"required":["rows","next_cursor"]})";
constexpr std::string_view kRowSchema = R"({"type":"object"})";
constexpr std::string_view kBytesSchema = R"({"type":"string","format":"binary"})";

const RouteParameter& key_parameter() {
  static const RouteParameter parameter{.name = "key",
                                        .place = ParameterPlace::path,
                                        .description = "The key, percent-encoded.",
                                        .maximum = kKeyBytesMax};
  return parameter;
}

std::vector<RouteParameter> page_parameters() {
  return {{.name = "prefix", .description = "Only keys that begin with it."},
          {.name = "start", .description = "First key."},
          {.name = "end", .description = "First key past the end."},
          {.name = "limit",
           .type = ParameterType::integer,
           .description = "Most rows of the page; 100 if not given.",
           .minimum = 1,
           .maximum = kPageRowsMax},
          {.name = "cursor", .description = "The next_cursor of the page before."},
          {.name = "keys_only",
           .type = ParameterType::boolean,
           .description = "Leaves the values out."}};
}

std::vector<BodyForm> value_forms() {
  return {{.content_type = kBytes, .schema = kBytesSchema},
          {.content_type = kJson, .schema = kValueSchema}};
}

std::string_view key_of(const Request& request) { return *request.arguments.text("key"); }

Response precondition_failed(std::string_view detail) { return problem_response(412, detail); }

// What a condition of the request has against a write; nothing if it may go on.
std::optional<Response> refusal_of(const Request& request,
                                   const std::optional<PinnedValue>& present) {
  const std::string tag = present ? entity_tag(present->view()) : "";
  if (request.has_header("If-Match") &&
      (!present || !matches_entity_tag(request.header("If-Match"), tag))) {
    return precondition_failed("the value is not the one of If-Match");
  }
  if (request.has_header("If-None-Match") && present &&
      matches_entity_tag(request.header("If-None-Match"), tag)) {
    return precondition_failed("the value is one of If-None-Match");
  }
  return std::nullopt;
}

}  // namespace

void KvRoutes::add_to(RouteTable& table) {
  const auto writer = [this](Change change) {
    return [this, change](Request& request) { return write(request, change); };
  };
  const RouteResponse refused{.status = 412, .description = "A condition does not hold."};
  table.add({.method = Method::get,
             .path = "/api/v1/kv/{key}",
             .name = "get_value",
             .summary = "The value of a key: its bytes, or JSON if Accept asks for it.",
             .scope = "kv:read",
             .parameters = {key_parameter()},
             .responses = {{.status = 200, .description = "The value.", .forms = value_forms()},
                           {.status = 304, .description = "If-None-Match has its ETag."},
                           {.status = 404, .description = "No such key."}},
             .function = [this](Request& request) { return get(request); }});
  table.add({.method = Method::put,
             .path = "/api/v1/kv/{key}",
             .name = "put_value",
             .summary = "Sets the value of a key; under a condition with If-Match, or "
                        "If-None-Match: *.",
             .scope = "kv:write",
             .parameters = {key_parameter()},
             .body = value_forms(),
             .responses = {{.status = 204, .description = "Done."}, refused},
             .function = writer(Change::put)});
  table.add({.method = Method::post,
             .path = "/api/v1/kv/{key}",
             .name = "create_value",
             .summary = "Sets the value of a key that is not there yet.",
             .scope = "kv:write",
             .parameters = {key_parameter()},
             .body = value_forms(),
             .responses = {{.status = 201, .description = "Created."},
                           {.status = 409, .description = "The key is there already."}},
             .function = writer(Change::create)});
  table.add({.method = Method::remove,
             .path = "/api/v1/kv/{key}",
             .name = "delete_value",
             .summary = "Removes a key; one that is not there is no failure.",
             .scope = "kv:write",
             .parameters = {key_parameter()},
             .responses = {{.status = 204, .description = "It is not there."}, refused},
             .function = writer(Change::remove)});
  table.add({.method = Method::get,
             .path = "/api/v1/kv",
             .name = "list_values",
             .summary = "Rows in the order of their keys, page by page.",
             .scope = "kv:read",
             .parameters = page_parameters(),
             .responses = {{.status = 200,
                            .description = "A page; X-Next-Cursor names the next one, too.",
                            .forms = {{.content_type = kJson, .schema = kRowsSchema},
                                      {.content_type = kNdjson, .schema = kRowSchema}}}},
             .function = [this](Request& request) { return list(request); }});
}

Response KvRoutes::get(Request& request) const {
  const auto found = engine_.get_pinned(key_of(request));
  if (!found) return problem_response(found.error());
  if (!*found) return problem_response(404, "there is no such key");
  const std::string_view value = (*found)->view();
  const std::string tag = entity_tag(value);
  if (request.has_header("If-Match") && !matches_entity_tag(request.header("If-Match"), tag)) {
    return precondition_failed("the value is not the one of If-Match");
  }
  Response response;
  response.with("ETag", tag).with("Vary", "Accept");
  if (request.has_header("If-None-Match") &&
      matches_entity_tag(request.header("If-None-Match"), tag)) {
    response.status = 304;
  } else if (prefers(request.header("Accept"), kJson, kBytes)) {
    response.content_type = kJson;
    response.body = "{\"value\":";
    append_json_bytes(response.body, value);
    response.body += '}';
  } else {
    response.content_type = kBytes;
    response.body = value;
  }
  return response;
}

Response KvRoutes::list(Request& request) const {
  const Arguments& arguments = request.arguments;
  const bool lines = prefers(request.header("Accept"), kNdjson, kJson);
  auto page = read_row_page(engine_, {.prefix = arguments.text("prefix").value_or(""),
                                      .start = arguments.text("start"),
                                      .end = arguments.text("end"),
                                      .cursor = arguments.text("cursor"),
                                      .rows_max = arguments.number_or("limit", kPageRows),
                                      .keys_only = arguments.flag("keys_only"),
                                      .lines = lines});
  if (!page) return problem_response(page.error());
  Response response{.content_type = lines ? kNdjson : kJson, .body = std::move(page->text)};
  response.with("Vary", "Accept");
  if (!page->next_cursor.empty()) response.with("X-Next-Cursor", std::move(page->next_cursor));
  return response;
}

boost::asio::awaitable<Response> KvRoutes::write(Request& request, Change change) {
  // A sync takes milliseconds, in which this io thread would serve nobody.
  if (durability_ == Durability::disk) {
    co_return co_await workers_.run([&] { return write_now(request, change); });
  }
  co_return write_now(request, change);
}

Response KvRoutes::write_now(const Request& request, Change change) {
  const std::string_view type = request.header("Content-Type");
  if (change == Change::remove || !same_token(trimmed(type.substr(0, type.find(';'))), kJson)) {
    return write_locked(request, change, request.body);
  }
  const auto value = value_of_json(request.body);
  if (!value) return problem_response(value.error());
  return write_locked(request, change, *value);
}

Response KvRoutes::write_locked(const Request& request, Change change, std::string_view value) {
  const std::string_view key = key_of(request);
  const MutexLock lock(lock_of(key));
  if (change == Change::create || request.has_header("If-Match") ||
      request.has_header("If-None-Match")) {
    const auto present = engine_.get_pinned(key);
    if (!present) return problem_response(present.error());
    if (auto refusal = refusal_of(request, *present)) return *std::move(refusal);
    if (change == Change::create && *present) {
      return problem_response(Error(Errc::already_exists, "the key is there already"));
    }
  }
  const WriteOptions options{.durability = durability_};
  const auto written =
      change == Change::remove ? engine_.remove(key, options) : engine_.put(key, value, options);
  if (!written) {
    // After an I/O failure it is open whether recovery finds the record.
    const bool open = written.error().code() == Errc::io_error;
    return problem_response(written.error(), open ? Executed::unknown : Executed::no);
  }
  Response response{.status = change == Change::create ? 201 : 204};
  if (change != Change::remove) response.with("ETag", entity_tag(value));
  return response;
}

Mutex& KvRoutes::lock_of(std::string_view key) noexcept {
  return locks_[hash_key(key, 0) % locks_.size()];
}

}  // namespace quartz::server
