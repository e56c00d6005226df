#include "cli/reference/manual_page.hpp"

#include <string>

#include <CLI/App.hpp>
#include <gmock/gmock.h>

#include "cli/application.hpp"
#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ManualPlace kPlace = {.section = 1, .version = "1.2.3", .see_also = "other(8)"};

CommandDescription tool_of_manual() {
  CommandDescription description;
  visit_command_line([&](const CLI::App& app) { description = describe(app); });
  return description;
}

TEST(ManualPage, has_the_sections_that_readers_look_for) {
  const std::string page = manual_page(tool_of_manual(), kPlace);
  EXPECT_THAT(page,
              HasSubstr(".TH QUARTZ 1 \"\" \"Quartz 1.2.3\"\n.SH NAME\nquartz \\- an embedded"));
  for (const char* const section : {"SYNOPSIS", "OPTIONS", "COMMANDS", "EXIT STATUS", "SEE ALSO"}) {
    EXPECT_THAT(page, HasSubstr(std::string(".SH ") + section + "\n"));
  }
}

TEST(ManualPage, has_every_verb_and_option_of_the_tool) {
  const CommandDescription description = tool_of_manual();
  const std::string page = manual_page(description, kPlace);
  for (const CommandDescription& verb : description.commands) {
    EXPECT_THAT(page, HasSubstr(".SS \"quartz " + verb.name + " "));
  }
  EXPECT_THAT(page, HasSubstr(".SS \"quartz vector create [OPTIONS] DIR NAME\""));
  EXPECT_THAT(page, HasSubstr("\\fB\\-k\\fR, \\fB\\-\\-keyspace\\fR \\fINAME\\fR"));
}

TEST(ManualPage, text_that_means_something_to_troff_is_printed_as_it_is) {
  CommandDescription program;
  program.name = "program";
  program.description = ".hidden \\fB and 'quoted'";
  const std::string page = manual_page(program, kPlace);
  EXPECT_THAT(page, HasSubstr("\n\\&.hidden \\efB and"));
}

TEST(ManualPage, examples_keep_their_lines) {
  CommandDescription program;
  program.name = "program";
  CommandDescription verb;
  verb.name = "verb";
  verb.footer = "A remark.\n\nExamples:\n  one\n  two";
  program.commands.push_back(verb);
  EXPECT_THAT(manual_page(program, kPlace),
              HasSubstr(".PP\nA remark.\n.PP\nExamples:\n.PP\n.nf\n  one\n  two\n.fi\n"));
}

TEST(ManualPage, troff_finds_nothing_wrong) {
  if (run_shell("command -v groff").status != 0) GTEST_SKIP() << "groff is not installed";
  const ScratchDirectory directory;
  write_file(directory.path() / "quartz.1", manual_page(tool_of_manual(), kPlace));
  const ToolRun run =
      run_shell("cd '" + directory.path().string() + "' && groff -ww -man -Tutf8 quartz.1");
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
  EXPECT_THAT(run.out, HasSubstr("checkpoint"));
  EXPECT_THAT(run.out, Not(HasSubstr("\\f")));
}

}  // namespace
}  // namespace quartz::cli
