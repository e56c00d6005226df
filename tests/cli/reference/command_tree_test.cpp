#include "cli/reference/command_tree.hpp"

#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <gmock/gmock.h>

#include "cli/application.hpp"

namespace quartz::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Place = ArgumentDescription::Place;

TEST(CommandTree, has_verbs_in_the_order_of_help_without_what_that_hides) {
  CLI::App app{"A program.", "program"};
  app.add_subcommand("list", "Print all");
  app.add_subcommand("secret", "For tests")->group("");
  app.add_subcommand("drop", "Remove one");
  const CommandDescription program = describe(app);
  ASSERT_EQ(program.commands.size(), 2U);
  EXPECT_EQ(program.commands[0].name, "list");
  EXPECT_EQ(program.commands[1].description, "Remove one");
}

TEST(CommandTree, an_option_has_all_of_its_names_and_the_values_that_it_takes) {
  CLI::App app{"A program.", "program"};
  std::string text;
  app.add_option("-f,--format", text, "How to print")->type_name("raw|json");
  app.add_option("--proof", text)->check(CLI::IsMember({"name", "none"}))->type_name("PROOF");
  app.add_option("--limit", text)->type_name("ROWS")->required();
  const CommandDescription program = describe(app);
  ASSERT_EQ(program.options.size(), 4U);  // With --help.
  EXPECT_THAT(program.options[1].names, ElementsAre("-f", "--format"));
  EXPECT_THAT(program.options[1].choices, ElementsAre("raw", "json"));
  EXPECT_EQ(program.options[2].value, "PROOF");
  EXPECT_THAT(program.options[2].choices, ElementsAre("name", "none"));
  EXPECT_THAT(program.options[3].choices, IsEmpty());
  EXPECT_TRUE(program.options[3].required);
}

TEST(CommandTree, a_flag_takes_no_value) {
  CLI::App app{"A program.", "program"};
  bool json = false;
  app.add_flag("--json", json, "As JSON");
  EXPECT_EQ(describe(app).options[1].value, "");
}

TEST(CommandTree, arguments_without_a_dash_have_a_place_and_stand_in_the_synopsis) {
  CLI::App app{"A program.", "program"};
  std::string directory;
  std::string value;
  std::vector<std::string> keys;
  app.add_option("DIR", directory)->required();
  app.add_option("FILE", value);
  app.add_option("KEY", keys)->required();
  const CommandDescription program = describe(app);
  EXPECT_EQ(program.positionals[0].place, Place::directory);
  EXPECT_EQ(program.positionals[1].place, Place::file);
  EXPECT_EQ(program.positionals[2].place, Place::anything);
  EXPECT_EQ(synopsis(program), "[OPTIONS] DIR [FILE] KEY...");
}

TEST(CommandTree, of_the_tool_every_argument_is_described) {
  CommandDescription tool;
  visit_command_line([&](const CLI::App& app) { tool = describe(app); });
  EXPECT_EQ(tool.name, "quartz");
  EXPECT_GE(tool.commands.size(), 14U);
  for (const CommandDescription& verb : tool.commands) {
    EXPECT_FALSE(verb.description.empty()) << verb.name;
    for (const ArgumentDescription& option : verb.options) {
      EXPECT_FALSE(option.description.empty()) << verb.name << " " << option.names.front();
    }
  }
}

}  // namespace
}  // namespace quartz::cli
