#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

namespace json = boost::json;

const std::string kReference = std::string(QUARTZ_SOURCE_DIRECTORY) + "/docs/api/rest.md";

constexpr std::string_view kHead = R"(# REST interface

Every operation of `quartz-server`'s HTTP interface, from its table of routes: what `/docs` shows and
`/openapi.json` has for programs, with the schemas of all bodies. [The guide](../guide/server.md) tells
how they go together. Any other answer is `application/problem+json`.

)";

std::string text_of(const json::value& value) { return value.as_string().c_str(); }

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string type_of(const json::object& schema) {
  std::string text = text_of(schema.at("type"));
  if (schema.contains("minimum")) {
    text += ", " + json::serialize(schema.at("minimum")) + " to " +
            json::serialize(schema.at("maximum"));
  }
  if (schema.contains("maxLength")) {
    text += ", up to " + json::serialize(schema.at("maxLength")) + " bytes";
  }
  return text;
}

std::string forms_of(const json::value& body) {
  const auto* const content = body.as_object().if_contains("content");
  if (content == nullptr) return "none";
  std::string text;
  for (const auto& [type, form] : content->as_object()) {
    text += (text.empty() ? "`" : ", `") + std::string(type) + "`";
  }
  return text;
}

std::string section_of(const std::string& method, const std::string& path,
                       const json::value& operation) {
  std::string text =
      "## `" + method + " " + path + "`\n\n" + text_of(operation.at("summary")) + "\n";
  if (const auto* const scope = operation.as_object().if_contains("x-scope")) {
    text += "Needs `" + text_of(*scope) + "`.\n";
  }
  const auto& parameters = operation.at("parameters").as_array();
  if (!parameters.empty()) text += "\n| parameter | in | type | meaning |\n|---|---|---|---|\n";
  for (const json::value& each : parameters) {
    text += "| `" + text_of(each.at("name")) + "` | " + text_of(each.at("in")) + " | " +
            type_of(each.at("schema").as_object()) + " | " + text_of(each.at("description")) +
            " |\n";
  }
  if (const auto* const body = operation.as_object().if_contains("requestBody")) {
    text += "\nBody: " + forms_of(*body) + ".\n";
  }
  text += "\n| answer | body | meaning |\n|---|---|---|\n";
  for (const auto& [status, response] : operation.at("responses").as_object()) {
    if (status == "default") continue;
    const bool is_problem = status.front() >= '4' && !response.as_object().contains("content");
    text += "| " + std::string(status) + " | " + (is_problem ? "a problem" : forms_of(response)) +
            " | " + text_of(response.at("description")) + " |\n";
  }
  return text;
}

class RestReference : public ServedEngine {};

// With QUARTZ_UPDATE_DOCS set, the document is written instead.
TEST_F(RestReference, describes_the_routes_that_there_are) {
  const auto document = json::parse(ask("GET", "/openapi.json").body);
  std::string expected(kHead);
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      expected += section_of(upper(std::string(method)), std::string(path), operation) + "\n";
    }
  }
  expected.pop_back();
  if (std::getenv("QUARTZ_UPDATE_DOCS") != nullptr) {
    std::ofstream(kReference, std::ios::binary) << expected;
  }
  std::ifstream file(kReference, std::ios::binary);
  const std::string found{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(found, expected) << "run this test with QUARTZ_UPDATE_DOCS=1";
}

}  // namespace
}  // namespace quartz::server
