#include "server/http/document_routes.hpp"

#include <set>
#include <string>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class Documents : public ServedEngine {};

TEST_F(Documents, the_interface_is_described_in_open_api) {
  const RawResponse response = ask("GET", "/openapi.json");
  EXPECT_EQ(response.header("Content-Type"), "application/json");
  const auto document = boost::json::parse(response.body);
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  const auto& get = document.at("paths").at("/api/v1/kv/{key}").at("get");
  EXPECT_EQ(get.at("operationId"), "get_value");
  EXPECT_EQ(get.at("parameters").at(0).at("in"), "path");
  EXPECT_EQ(get.at("parameters").at(0).at("required"), true);
  EXPECT_TRUE(get.at("responses").as_object().contains("404"));
  EXPECT_TRUE(document.at("paths").at("/api/v1/kv/{key}").as_object().contains("delete"));
}

TEST_F(Documents, every_path_in_them_is_served) {
  const auto document = boost::json::parse(ask("GET", "/openapi.json").body);
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    std::string target(path);
    if (const auto at = target.find("{key}"); at != std::string::npos) target.replace(at, 5, "k");
    EXPECT_NE(ask("PATCH", target).status, 404) << target;
    for (const auto& [method, description] : methods.as_object()) {
      EXPECT_FALSE(description.at("summary").as_string().empty()) << target;
    }
  }
}

TEST_F(Documents, names_of_operations_are_unique) {
  const auto document = boost::json::parse(ask("GET", "/openapi.json").body);
  std::set<std::string> names;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, description] : methods.as_object()) {
      const std::string name(description.at("operationId").as_string().c_str());
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
}

TEST_F(Documents, the_page_lists_every_route_and_fetches_nothing) {
  const std::string page = ask("GET", "/docs").body;
  for (const char* path : {"/api/v1/kv/{key}", "/metrics", "/docs", "/openapi.json"}) {
    EXPECT_THAT(page, HasSubstr(path));
  }
  for (const char* fetched : {"<script", "<img", "<link", "http://", "https://", "url("}) {
    EXPECT_THAT(page, Not(HasSubstr(fetched)));
  }
}

TEST_F(Documents, a_value_tells_its_time_to_live_and_takes_none_in_its_body) {
  const auto document = boost::json::parse(ask("GET", "/openapi.json").body);
  const auto& operations = document.at("paths").at("/api/v1/kv/{key}");
  const auto properties_of = [](const boost::json::value& described) {
    return described.at("content").at("application/json").at("schema").at("properties").as_object();
  };
  for (const char* method : {"put", "post"}) {
    const auto taken = properties_of(operations.at(method).at("requestBody"));
    EXPECT_TRUE(taken.contains("value")) << method;
    EXPECT_FALSE(taken.contains("ttl")) << method;
  }
  EXPECT_TRUE(properties_of(operations.at("get").at("responses").at("200")).contains("ttl"));
}

TEST_F(Documents, text_is_sent_compressed_to_those_who_can_read_it) {
  const std::string plain = ask("GET", "/docs").body;
  const RawResponse zstd = ask("GET", "/docs", "Accept-Encoding: gzip, zstd\r\n");
  EXPECT_EQ(zstd.header("Content-Encoding"), "zstd");
  EXPECT_EQ(zstd.header("Vary"), "Accept-Encoding");
  EXPECT_LT(zstd.body.size(), plain.size() / 2);
  EXPECT_EQ(ask("GET", "/docs", "Accept-Encoding: gzip\r\n").header("Content-Encoding"), "gzip");
}

}  // namespace
}  // namespace quartz::server
