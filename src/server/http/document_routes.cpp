#include "server/http/document_routes.hpp"

#include <iterator>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "quartz/version.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kPageHead = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Quartz</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
section { border-top: 1px solid #ccc; padding: .5em 0; }
h2 { font-size: 1.1em; } code, h2 { font-family: ui-monospace, monospace; }
b { display: inline-block; min-width: 5em; color: #05a; }
table { border-collapse: collapse; } td { padding: .1em 1em .1em 0; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd; } b { color: #6bf; } }
</style></head><body>
)";

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '&':
        html += "&amp;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string type_text(const RouteParameter& parameter) {
  switch (parameter.type) {
    case ParameterType::integer:
      return fmt::format("{} to {}", parameter.minimum, parameter.maximum);
    case ParameterType::boolean:
      return "true or false";
    case ParameterType::text:
      break;
  }
  return parameter.maximum > 0 ? fmt::format("up to {} bytes", parameter.maximum) : "text";
}

std::string forms_text(const std::vector<BodyForm>& forms) {
  std::string text;
  for (const BodyForm& form : forms) {
    if (!text.empty()) text += " or ";
    text += escaped(form.content_type);
  }
  return text;
}

void append_route(std::string& to, const Route& route) {
  const auto out = std::back_inserter(to);
  fmt::format_to(out, "<section id=\"{}\"><h2><b>{}</b> {}</h2><p>{}</p><table>\n", route.name,
                 to_string(route.method), escaped(route.path), escaped(route.summary));
  for (const RouteParameter& parameter : route.parameters) {
    fmt::format_to(out, "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n", parameter.name,
                   type_text(parameter), escaped(parameter.description));
  }
  if (!route.body.empty()) {
    fmt::format_to(out, "<tr><td>body</td><td></td><td>{}</td></tr>\n", forms_text(route.body));
  }
  for (const RouteResponse& response : route.responses) {
    fmt::format_to(out, "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", response.status,
                   forms_text(response.forms), escaped(response.description));
  }
  if (!route.scope.empty()) {
    fmt::format_to(out, "<tr><td>needs</td><td></td><td><code>{}</code></td></tr>\n", route.scope);
  }
  to += "</table></section>\n";
}

}  // namespace

std::string docs_page(const RouteTable& table) {
  std::string page(kPageHead);
  fmt::format_to(std::back_inserter(page),
                 "<h1>Quartz {}</h1><p>The HTTP interface of this server. The same for programs: "
                 "<a href=\"/openapi.json\">/openapi.json</a>. Failures are "
                 "<code>application/problem+json</code> with <code>code</code>, "
                 "<code>retryable</code>, <code>executed</code> and <code>request_id</code>.</p>\n",
                 version());
  for (const Route& route : table.routes()) append_route(page, route);
  page += "</body></html>\n";
  return page;
}

void add_document_routes(RouteTable& table) {
  table.add({.method = Method::get,
             .path = "/openapi.json",
             .name = "open_api",
             .summary = "This interface in OpenAPI 3.1.",
             .scope = {},
             .responses = {{.status = 200,
                            .description = "The document.",
                            .forms = {{.content_type = kJson, .schema = R"({"type":"object"})"}}}},
             .function = [&table](Request&) { return json_response(open_api(table)); }});
  table.add({.method = Method::get,
             .path = "/docs",
             .name = "docs",
             .summary = "This interface as a page to read.",
             .scope = {},
             .responses = {{.status = 200,
                            .description = "The page.",
                            .forms = {{.content_type = kHtml, .schema = R"({"type":"string"})"}}}},
             .function = [&table](Request&) {
               return Response{.content_type = kHtml, .body = docs_page(table)};
             }});
}

}  // namespace quartz::server
