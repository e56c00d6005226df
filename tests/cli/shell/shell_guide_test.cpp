#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/shell/own_commands.hpp"
#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;

std::string guide() { return file_text(test_data("../../../docs/guide/shell.md")); }

/// The scripts that the guide shows, one behind the other, without those that are only to be read.
std::string scripts_of(std::string_view document) {
  constexpr std::string_view kFence = "```sh\n";
  constexpr std::string_view kIllustration = "<!-- snippet: illustration -->\n";
  std::string scripts;
  for (std::size_t at = document.find(kFence); at != std::string_view::npos;
       at = document.find(kFence, at)) {
    const bool shown_only = document.substr(0, at).ends_with(kIllustration);
    at += kFence.size();
    if (!shown_only) scripts += document.substr(at, document.find("```", at) - at);
  }
  return scripts;
}

TEST(ShellGuide, shows_what_runs) {
  const ScratchDirectory scratch;
  write_file(scratch / "script", scripts_of(guide()));
  const ToolRun run =
      run_shell("cd " + scratch.path().string() +
                " && quartz() { \"$QUARTZ\" \"$@\"; } && set -euo pipefail && . ./script");
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_EQ(run.out,
            "OK\nAlice Liddell\n"
            "1\n{\"apples\":\"3\"}\n"
            "key\ttype\texpires in\tholds\nuser:1\tstring\t-\tAlice Liddell\n"
            "2\nended with 2\n"
            "b\na\n");
  EXPECT_THAT(run.err, HasSubstr("WRONGTYPE"));
}

TEST(ShellGuide, names_every_command_of_the_shell) {
  for (const std::string& name : own_command_names()) {
    EXPECT_THAT(guide(), HasSubstr("| `" + name));
    EXPECT_THAT(own_command_help(), HasSubstr(name));
  }
}

}  // namespace
}  // namespace quartz::cli
