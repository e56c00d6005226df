#include "cli/application.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "cli/verb.hpp"
#include "quartz/version.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST(Application, help_lists_every_verb_and_every_exit_status) {
  const ToolRun run = run_tool({"--help"});
  EXPECT_THAT(run, ExitsWith(0));
  for (const Verb& verb : verbs()) {
    EXPECT_EQ(run.out.find("\n  " + std::string(verb.name) + " ") != std::string::npos,
              !verb.hidden)
        << verb.name;
  }
  EXPECT_THAT(run.out, HasSubstr(exit_status_help()));
  EXPECT_THAT(run.err, IsEmpty());
}

TEST(Application, every_verb_explains_itself_with_an_example) {
  for (const Verb& verb : verbs()) {
    const ToolRun run = run_tool({std::string(verb.name), "--help"});
    EXPECT_THAT(run, ExitsWith(0)) << verb.name;
    EXPECT_THAT(run.out, AllOf(HasSubstr(verb.summary), HasSubstr("--quiet")));
    if (!verb.hidden) {
      EXPECT_THAT(run.out, HasSubstr("\n  quartz ")) << verb.name;
    }
    EXPECT_THAT(run.err, IsEmpty());
  }
}

TEST(Application, version_is_that_of_the_headers) {
  const ToolRun run = run_tool({"--version"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_EQ(run.out, "quartz " + std::string(version()) + "\n");
}

TEST(Application, a_wrong_command_line_exits_with_2_and_points_to_help) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {},
           {"no-such-verb"},
           {"get"},
           {"get", "data"},
           {"get", "data", "key", "--no-such"},
           {"load", "data", "file", "--format", "xml"},
           {"load", "data", "file", "--batch", "0"},
           {"put", "data", "key", "value", "--durability", "maybe"},
           {"keyspace"},
           {"keyspace", "create", "data"}}) {
    const ToolRun run = run_tool(arguments);
    EXPECT_THAT(run, ExitsWith(2)) << testing::PrintToString(arguments);
    EXPECT_THAT(run.err, AllOf(StartsWith("quartz: "), HasSubstr("--help")));
    EXPECT_THAT(run.out, IsEmpty());
  }
}

TEST(Application, no_verb_that_reads_makes_a_database) {
  ScratchDirectory scratch;
  const std::string missing = (scratch / "missing").string();
  const std::string target = (scratch / "target").string();
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"get", missing, "key"},
                                             {"scan", missing},
                                             {"dump", missing},
                                             {"stats", missing},
                                             {"delete", missing, "key"},
                                             {"compact", missing},
                                             {"verify", missing},
                                             {"checkpoint", missing, target},
                                             {"salvage", missing, target},
                                             {"keyspace", "list", missing},
                                             {"keyspace", "drop", missing, "orders"}}) {
    const ToolRun run = run_tool(arguments);
    EXPECT_THAT(run, ExitsWith(1)) << testing::PrintToString(arguments);
    EXPECT_THAT(run.err, AllOf(StartsWith("quartz: " + arguments[0] + ": "),
                               HasSubstr("not_found: "), HasSubstr("hint: ")));
    EXPECT_THAT(run.out, IsEmpty());
  }
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(Application, a_database_that_is_open_elsewhere_is_busy) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  RunningTool holder({"demo-writer", data});
  EXPECT_EQ(holder.read_line(), "1");
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"get", data, "key"}, {"put", data, "key", "value"}, {"verify", data}}) {
    const ToolRun run = run_tool(arguments);
    EXPECT_THAT(run, ExitsWith(4)) << testing::PrintToString(arguments);
    EXPECT_THAT(run.err, AllOf(HasSubstr("busy: "), HasSubstr("hint: "), HasSubstr(data)));
  }
}

TEST(Application, a_full_standard_output_is_an_error) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  ASSERT_THAT(run_tool({"put", data, "key", "value"}), ExitsWith(0));
  const ToolRun run = run_shell("\"$QUARTZ\" get '" + data + "' key > /dev/full");
  EXPECT_THAT(run, ExitsWith(5));
  EXPECT_THAT(run.err, AllOf(HasSubstr("no_space"), Not(HasSubstr("terminate"))));
}

TEST(Application, colours_and_bars_are_for_terminals_only) {
  ScratchDirectory scratch;
  const std::string data = (scratch / "data").string();
  ASSERT_THAT(run_tool({"put", data, "key", "value"}), ExitsWith(0));
  const ToolRun run = run_tool({"stats", data});
  EXPECT_THAT(run.out + run.err, Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace quartz::cli
