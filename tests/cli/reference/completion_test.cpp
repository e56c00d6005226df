#include "cli/reference/completion.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "cli/application.hpp"
#include "cli/tool.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

CommandDescription tool() {
  CommandDescription description;
  visit_command_line([&](const CLI::App& app) { description = describe(app); });
  return description;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return lines;
}

/// What bash offers for the last of `words` when tab is pressed in `directory`.
std::vector<std::string> offered(const std::vector<std::string>& words,
                                 const ScratchDirectory& directory = ScratchDirectory()) {
  write_file(directory.path() / "quartz.bash", bash_completion(tool()));
  std::vector<std::string> quoted_words;
  for (const std::string& word : words) quoted_words.push_back(shell_quoted(word));
  const ToolRun run = run_shell(fmt::format(
      "set -u; cd {}; source ./quartz.bash; COMP_WORDS=({}); COMP_CWORD={}; _quartz; "
      "printf '%s\\n' \"${{COMPREPLY[@]}}\"",
      shell_quoted(directory.path().string()), fmt::join(quoted_words, " "), words.size() - 1));
  EXPECT_EQ(run.err, "");
  std::vector<std::string> lines = lines_of(run.out);
  std::erase(lines, "");
  return lines;
}

TEST(BashCompletion, offers_verbs) {
  EXPECT_THAT(offered({"quartz", "sc"}), ElementsAre("scan"));
  EXPECT_THAT(offered({"quartz", ""}), Contains("checkpoint"));
  EXPECT_THAT(offered({"quartz", ""}), Not(Contains("demo-writer")));
  EXPECT_THAT(offered({"quartz", "vector", "cr"}), ElementsAre("create"));
  EXPECT_THAT(offered({"quartz", "nothing-like-it"}), IsEmpty());
}

TEST(BashCompletion, offers_the_options_of_the_verb) {
  EXPECT_THAT(offered({"quartz", "scan", "--key"}),
              ElementsAre("--keys-only", "--key-format", "--keyspace"));
  EXPECT_THAT(offered({"quartz", "scan", "data", "--rev"}), ElementsAre("--reverse"));
  EXPECT_THAT(offered({"quartz", "get", "--rev"}), IsEmpty());
  EXPECT_THAT(offered({"quartz", "--ver"}), ElementsAre("--version"));
}

TEST(BashCompletion, offers_the_values_of_an_option) {
  EXPECT_THAT(offered({"quartz", "put", "--durability", ""}),
              ElementsAre("memory", "process", "disk"));
  EXPECT_THAT(offered({"quartz", "put", "--durability", "=", "d"}), ElementsAre("disk"));
  EXPECT_THAT(offered({"quartz", "put", "--durability", "="}),
              ElementsAre("memory", "process", "disk"));
  EXPECT_THAT(offered({"quartz", "vector", "create", "--metric", "c"}), ElementsAre("cosine"));
  EXPECT_THAT(offered({"quartz", "scan", "--limit", ""}), IsEmpty());
}

TEST(BashCompletion, offers_directories_and_files_where_they_stand) {
  const ScratchDirectory directory;
  std::filesystem::create_directory(directory.path() / "completed");
  write_file(directory.path() / "completed.tsv", "");
  EXPECT_THAT(offered({"quartz", "load", "comple"}, directory), ElementsAre("completed"));
  EXPECT_THAT(offered({"quartz", "load", "completed", "comple"}, directory),
              Contains("completed.tsv"));
  // The value of an option is no argument.
  EXPECT_THAT(offered({"quartz", "load", "--batch", "100", "comple"}, directory),
              ElementsAre("completed"));
}

TEST(ZshCompletion, can_be_read_by_zsh) {
  const std::string script = zsh_completion(tool());
  EXPECT_THAT(script, HasSubstr("#compdef quartz\n"));
  EXPECT_THAT(script, HasSubstr("'--durability=["));
  if (run_shell("command -v zsh").status != 0) GTEST_SKIP() << "zsh is not installed";
  const ScratchDirectory directory;
  write_file(directory.path() / "_quartz", script);
  const ToolRun run = run_shell("zsh -n " + shell_quoted((directory.path() / "_quartz").string()));
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.err, "");
}

TEST(FishCompletion, offers_verbs_options_and_values) {
  const std::string script = fish_completion(tool());
  EXPECT_THAT(script, HasSubstr("-l durability -x -a 'memory process disk'"));
  if (run_shell("command -v fish").status != 0) GTEST_SKIP() << "fish is not installed";
  const ScratchDirectory directory;
  write_file(directory.path() / "quartz.fish", script);
  const auto completed = [&](const std::string& line) {
    const ToolRun run = run_shell(
        "cd " + shell_quoted(directory.path().string()) +
        " && HOME=$PWD fish --no-config -c 'source quartz.fish; complete -C \"" + line + "\"'");
    EXPECT_EQ(run.err, "");
    return run.out;
  };
  EXPECT_THAT(completed("quartz sc"), HasSubstr("scan\t"));
  EXPECT_THAT(completed("quartz vector create --quant"), HasSubstr("--quantization"));
  EXPECT_THAT(completed("quartz put --durability "), HasSubstr("disk"));
}

TEST(Completion, quotes_what_a_description_may_hold) {
  EXPECT_EQ(shell_quoted("Redis's"), "'Redis'\\''s'");
  EXPECT_EQ(function_name("quartz-server"), "_quartz_server");
}

}  // namespace
}  // namespace quartz::cli
