#include "server/http/route_table.hpp"

#include <string>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace quartz::server {
namespace {

using testing::HasSubstr;

Response answer_nothing(Request& /*request*/) { return {}; }

class Routes : public testing::Test {
 protected:
  Routes() {
    add(Method::get, "/things", "list",
        {{.name = "limit", .type = ParameterType::integer, .minimum = 1, .maximum = 9},
         {.name = "deep", .type = ParameterType::boolean}});
    add(Method::get, "/things/{id}", "get",
        {{.name = "id", .place = ParameterPlace::path, .maximum = 4}});
    add(Method::get, "/things/first", "first", {});
    add(Method::get, "/things/{id}/parts/{part}", "part",
        {{.name = "id", .place = ParameterPlace::path},
         {.name = "part", .place = ParameterPlace::path}});
    table_.add({.method = Method::post,
                .path = "/things",
                .name = "add",
                .summary = {},
                .scope = {},
                .body = {{.content_type = kJson}},
                .function = answer_nothing});
  }

  void add(Method method, std::string_view path, std::string_view name,
           std::vector<RouteParameter> parameters) {
    table_.add({.method = method,
                .path = path,
                .name = name,
                .summary = {},
                .scope = {},
                .parameters = std::move(parameters),
                .function = answer_nothing});
  }

  // The name of the chosen route, or the status of the refusal.
  std::string choose(Method method, std::string_view target) {
    request_.arguments.clear();
    request_.method = method;
    const auto question = target.find('?');
    request_.path = target.substr(0, question);
    request_.query =
        question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
    auto chosen = table_.choose(request_);
    if (auto* const refusal = std::get_if<Response>(&chosen)) {
      refusal_ = std::move(*refusal);
      return std::to_string(refusal_.status);
    }
    return std::string((*std::get_if<const Route*>(&chosen))->name);
  }

  RouteTable table_;
  Request request_;
  Response refusal_;
};

TEST_F(Routes, are_chosen_by_path_and_method) {
  EXPECT_EQ(choose(Method::get, "/things"), "list");
  EXPECT_EQ(choose(Method::post, "/things"), "add");
  EXPECT_EQ(choose(Method::head, "/things"), "list");
  for (const char* path :
       {"/", "/thing", "/things/", "/things/1/parts", "/things/1/parts/", "*", "//things"}) {
    EXPECT_EQ(choose(Method::get, path), "404") << path;
  }
}

TEST_F(Routes, a_parameter_is_a_decoded_segment) {
  EXPECT_EQ(choose(Method::get, "/things/a%2Fb"), "get");
  EXPECT_EQ(request_.arguments.text("id"), "a/b");
  EXPECT_EQ(choose(Method::get, "/things/1/parts/x%00"), "part");
  EXPECT_EQ(request_.arguments.text("id"), "1");
  EXPECT_EQ(request_.arguments.text("part"), std::string("x\0", 2));
}

TEST_F(Routes, a_word_in_the_path_goes_before_a_parameter) {
  EXPECT_EQ(choose(Method::get, "/things/first"), "first");
  EXPECT_EQ(choose(Method::get, "/things/%66irst"), "400");  // Longer than the four bytes allowed.
}

TEST_F(Routes, a_method_that_is_not_there_is_told_which_are) {
  EXPECT_EQ(choose(Method::remove, "/things"), "405");
  EXPECT_THAT(refusal_.headers,
              testing::Contains(testing::Pair("Allow", "OPTIONS, GET, HEAD, POST")));
  EXPECT_EQ(choose(Method::options, "/things"), "204");
  EXPECT_EQ(choose(Method::other, "/things"), "405");
}

TEST_F(Routes, arguments_have_the_type_that_was_declared) {
  EXPECT_EQ(choose(Method::get, "/things?limit=9&deep=false"), "list");
  EXPECT_EQ(request_.arguments.number_or("limit", 0), 9u);
  EXPECT_FALSE(request_.arguments.flag("deep"));
  EXPECT_EQ(choose(Method::get, "/things?deep"), "list");
  EXPECT_TRUE(request_.arguments.flag("deep"));
  EXPECT_EQ(request_.arguments.number_or("limit", 7), 7u);
  for (const char* query : {"limit=0", "limit=10", "limit=-1", "limit=1x", "limit=", "deep=2",
                            "depth=1", "limit=1&limit=2", "limit=%3"}) {
    EXPECT_EQ(choose(Method::get, "/things?" + std::string(query)), "400") << query;
  }
  EXPECT_EQ(choose(Method::get, "/things/12345"), "400");
}

TEST_F(Routes, a_body_must_have_a_place_and_a_form) {
  request_.body = "{}";
  EXPECT_EQ(choose(Method::get, "/things"), "413");
  EXPECT_EQ(choose(Method::post, "/things"), "415");
  request_.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  EXPECT_EQ(choose(Method::post, "/things"), "add");
}

TEST_F(Routes, a_second_route_of_the_same_kind_is_a_defect) {
  EXPECT_DEATH(add(Method::get, "/things", "again", {}), "QUARTZ_CHECK|route");
}

}  // namespace
}  // namespace quartz::server
