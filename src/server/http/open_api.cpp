#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "quartz/version.hpp"
#include "server/http/document_routes.hpp"

namespace quartz::server {
namespace {

namespace json = boost::json;

json::object schema_of(const RouteParameter& parameter) {
  switch (parameter.type) {
    case ParameterType::integer:
      return {{"type", "integer"}, {"minimum", parameter.minimum}, {"maximum", parameter.maximum}};
    case ParameterType::boolean:
      return {{"type", "boolean"}};
    case ParameterType::text:
      break;
  }
  json::object schema{{"type", "string"}};
  if (parameter.place == ParameterPlace::path) schema["minLength"] = 1;
  if (parameter.maximum > 0) schema["maxLength"] = parameter.maximum;
  return schema;
}

std::string_view name_of(ParameterPlace place) {
  switch (place) {
    case ParameterPlace::path:
      return "path";
    case ParameterPlace::query:
      return "query";
    case ParameterPlace::header:
      break;
  }
  return "header";
}

json::object describe(const RouteParameter& parameter) {
  return {{"name", parameter.name},
          {"in", name_of(parameter.place)},
          {"required", parameter.place == ParameterPlace::path},
          {"description", parameter.description},
          {"schema", schema_of(parameter)}};
}

json::object describe(const std::vector<BodyForm>& forms) {
  json::object content;
  for (const BodyForm& form : forms) {
    content[form.content_type] = json::object{
        {"schema", json::parse(json::string_view(form.schema.data(), form.schema.size()))}};
  }
  return content;
}

json::object describe(const RouteResponse& response) {
  json::object described{{"description", response.description}};
  if (!response.forms.empty()) described["content"] = describe(response.forms);
  return described;
}

json::object problem_reference() {
  return {{"description", "What went wrong."},
          {"content",
           json::object{{kProblemJson,
                         json::object{{"schema",
                                       json::object{{"$ref", "#/components/schemas/Problem"}}}}}}}};
}

json::object describe(const Route& route) {
  json::array parameters;
  for (const RouteParameter& parameter : route.parameters) {
    parameters.push_back(describe(parameter));
  }
  json::object responses;
  for (const RouteResponse& response : route.responses) {
    responses[std::to_string(response.status)] = describe(response);
  }
  responses["default"] = problem_reference();
  json::object described{{"operationId", route.name},
                         {"summary", route.summary},
                         {"parameters", std::move(parameters)},
                         {"responses", std::move(responses)}};
  if (!route.body.empty()) {
    described["requestBody"] = json::object{{"content", describe(route.body)}};
  }
  if (!route.scope.empty()) described["x-scope"] = route.scope;
  return described;
}

json::object problem_schema() {
  const json::object text{{"type", "string"}};
  return {
      {"type", "object"},
      {"properties", json::object{{"type", text},
                                  {"title", text},
                                  {"status", json::object{{"type", "integer"}}},
                                  {"detail", text},
                                  {"code", text},
                                  {"retryable", json::object{{"type", "boolean"}}},
                                  {"executed", json::object{{"enum", {true, false, "unknown"}}}},
                                  {"request_id", text}}},
      {"required", {"status", "code", "retryable", "executed", "request_id"}}};
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return result;
}

}  // namespace

std::string open_api(const RouteTable& table) {
  json::object paths;
  for (const Route& route : table.routes()) {
    json::object& path = paths[route.path].is_object() ? paths[route.path].get_object()
                                                       : paths[route.path].emplace_object();
    path[lower(to_string(route.method))] = describe(route);
  }
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Quartz"}, {"version", version()}}},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", json::object{{"Problem", problem_schema()}}}}}};
  return json::serialize(document);
}

}  // namespace quartz::server
