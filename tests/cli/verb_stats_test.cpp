#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsSupersetOf;

class VerbStats : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(run_tool({"load", data_, "-", "-q"}, "a\t1\nb\t2\n\\keyspace\torders\nc\t3\n"),
                ExitsWith(0));
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

void collect_names(const boost::json::value& value, std::set<std::string>& names) {
  if (value.is_array()) {
    for (const auto& element : value.get_array()) collect_names(element, names);
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      names.emplace(std::string_view(member.key().data(), member.key().size()));
      collect_names(member.value(), names);
    }
  }
}

// The members of every struct of the header, as they are declared there.
std::set<std::string> declared_fields() {
  const std::string header = file_text(test_data("../../../include/quartz/storage/statistics.hpp"));
  const std::regex member(R"(\n  [A-Za-z0-9_:<>]+ ([a-z0-9_]+)(?: = [^;]+)?;)");
  std::set<std::string> fields;
  for (std::sregex_iterator at(header.begin(), header.end(), member), end; at != end; ++at) {
    fields.insert((*at)[1]);
  }
  return fields;
}

TEST_F(VerbStats, json_has_every_field_of_the_header) {
  ASSERT_THAT(run_tool({"compact", data_, "-q"}), ExitsWith(0));
  const ToolRun run = run_tool({"stats", data_, "--json"});
  EXPECT_THAT(run, ExitsWith(0));
  std::set<std::string> names;
  collect_names(boost::json::parse(run.out), names);
  EXPECT_GT(declared_fields().size(), 60u);
  EXPECT_THAT(names, IsSupersetOf(declared_fields()));
}

TEST_F(VerbStats, json_tells_what_is_stored) {
  const auto statistics = boost::json::parse(run_tool({"stats", data_, "--json"}).out).as_object();
  EXPECT_EQ(statistics.at("recovery").at("operation_count"), 3);
  EXPECT_EQ(statistics.at("writes_stopped"), false);
  ASSERT_EQ(statistics.at("keyspaces").as_array().size(), 2u);
  EXPECT_EQ(statistics.at("keyspaces").at(1).at("name"), "orders");
}

TEST_F(VerbStats, text_has_a_section_for_each_part) {
  const ToolRun run = run_tool({"stats", data_});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out, AllOf(HasSubstr("State\n"), HasSubstr("Keyspaces in the levels\n"),
                             HasSubstr("orders"), HasSubstr("row cache"),
                             HasSubstr("recovered on opening")));
}

}  // namespace
}  // namespace quartz
