#include "server/http/key_routes.hpp"

#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/try.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {
namespace {

namespace json = boost::json;

constexpr std::string_view kScopesSchema =
    R"({"type":"object","properties":{"scopes":{"type":"array","items":{"type":"string"}}},)"
    R"("required":["scopes"]})";
constexpr std::string_view kSecretSchema =
    R"({"type":"object","properties":{"name":{"type":"string"},"secret":{"type":"string"}},)"
    R"("required":["name","secret"]})";
constexpr std::string_view kListSchema =
    R"({"type":"object","properties":{"keys":{"type":"array","items":{"type":"object"}}},)"
    R"("required":["keys"]})";

RouteParameter user_parameter() {
  return {.name = "name",
          .place = ParameterPlace::path,
          .description = "The user's name.",
          .maximum = User::kNameBytesMax};
}

std::string_view named_user(const Request& request) { return *request.arguments.text("name"); }

Response secret_response(std::string_view name, std::string_view secret, int status) {
  return json_response(json::serialize(json::object{{"name", name}, {"secret", secret}}), status)
      .with("Cache-Control", "no-store");
}

Result<std::vector<Scope>> scopes_of(std::string_view body) {
  JsonBody parser;
  QUARTZ_ASSIGN(const simdjson::dom::element root, parser.parse(body));
  QUARTZ_ASSIGN(const simdjson::dom::object object, json_object("the body", root));
  simdjson::dom::array list;
  if (object["scopes"].get(list) != simdjson::SUCCESS) {
    return Error(Errc::invalid_argument, "the body must be {\"scopes\": [\"kv:read\", …]}");
  }
  std::vector<Scope> scopes;
  for (const simdjson::dom::element each : list) {
    QUARTZ_ASSIGN(const std::string_view text, json_text("a scope", each));
    QUARTZ_ASSIGN(scopes.emplace_back(), parse_scope(text));
  }
  return scopes;
}

}  // namespace

void KeyRoutes::add_to(RouteTable& table) {
  const RouteResponse no_such{.status = 404, .description = "No such user."};
  const RouteResponse secret{.status = 200,
                             .description = "The new secret, which is told this once.",
                             .forms = {{.content_type = kJson, .schema = kSecretSchema}}};
  RouteResponse created = secret;
  created.status = 201;
  table.add({.method = Method::get,
             .path = "/api/v1/admin/keys",
             .name = "list_keys",
             .summary = "All users, and what they may do.",
             .scope = "admin",
             .responses = {{.status = 200,
                            .description = "Them.",
                            .forms = {{.content_type = kJson, .schema = kListSchema}}}},
             .function = [this](Request&) { return list(); }});
  table.add({.method = Method::post,
             .path = "/api/v1/admin/keys/{name}",
             .name = "create_key",
             .summary = "Makes a user with a secret.",
             .scope = "admin",
             .parameters = {user_parameter()},
             .body = {{.content_type = kJson, .schema = kScopesSchema}},
             .responses = {created, {.status = 409, .description = "There is one already."}},
             .function = [this](Request& request) { return create(request); }});
  table.add({.method = Method::post,
             .path = "/api/v1/admin/keys/{name}/rotate",
             .name = "rotate_key",
             .summary = "Makes a further secret; of those before it only the newest stays valid.",
             .scope = "admin",
             .parameters = {user_parameter()},
             .responses = {secret, no_such},
             .function = [this](Request& request) { return rotate(request); }});
  table.add({.method = Method::remove,
             .path = "/api/v1/admin/keys/{name}",
             .name = "revoke_key",
             .summary = "Removes a user and ends what he is connected to.",
             .scope = "admin",
             .parameters = {user_parameter()},
             .responses = {{.status = 204, .description = "Done."}, no_such},
             .function = [this](Request& request) { return revoke(request); }});
}

Response KeyRoutes::list() const {
  const auto users = users_.all();
  if (!users) return problem_response(users.error());
  json::array keys;
  for (const User& user : *users) {
    json::array scopes;
    for (const Scope& scope : user.scopes) scopes.emplace_back(to_string(scope));
    keys.push_back(json::object{
        {"name", user.name}, {"secrets", user.secrets.size()}, {"scopes", std::move(scopes)}});
  }
  return json_response(json::serialize(json::object{{"keys", std::move(keys)}}));
}

Response KeyRoutes::create(const Request& request) {
  const auto scopes = scopes_of(request.body);
  if (!scopes) return problem_response(scopes.error());
  const auto secret = users_.create(named_user(request), *scopes);
  // Also after a failure, which leaves open what is on disk.
  changed_({});
  if (!secret) return problem_response(secret.error());
  return secret_response(named_user(request), *secret, 201);
}

Response KeyRoutes::rotate(const Request& request) {
  const auto secret = users_.rotate(named_user(request));
  changed_({});
  if (!secret) return problem_response(secret.error());
  return secret_response(named_user(request), *secret, 200);
}

Response KeyRoutes::revoke(const Request& request) {
  const auto revoked = users_.revoke(named_user(request));
  // Whoever is to be out is out, even if that may not survive power loss.
  if (revoked || revoked.error().code() != Errc::not_found) changed_(named_user(request));
  if (!revoked) return problem_response(revoked.error());
  return {.status = 204};
}

}  // namespace quartz::server
