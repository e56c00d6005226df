#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/option.hpp"
#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

constexpr const char* kGuide = QUARTZ_SOURCE_DIRECTORY "/docs/guide/operations.md";

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

/// The blocks of the shell that are to be run, in the order of the document.
std::vector<std::string> programs_of(std::string_view document) {
  constexpr std::string_view kFence = "```sh\n";
  constexpr std::string_view kIllustration = "<!-- snippet: illustration -->\n";
  std::vector<std::string> programs;
  for (std::size_t at = document.find(kFence); at != std::string_view::npos;
       at = document.find(kFence, at)) {
    const bool shown_only = document.substr(0, at).ends_with(kIllustration);
    at += kFence.size();
    if (!shown_only) programs.emplace_back(document.substr(at, document.find("```", at) - at));
  }
  return programs;
}

/// The guide with a part between two marks as it should be. With QUARTZ_WRITE_DOCUMENTS=1 it is
/// written so.
void expect_part(std::string_view name, const std::string& part) {
  const std::string text = contents_of(kGuide);
  const std::string begin_mark = fmt::format("<!-- {}: begin -->\n", name);
  const std::size_t begin = text.find(begin_mark);
  const std::size_t end = text.find(fmt::format("<!-- {}: end -->", name));
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << name;
  const std::string expected =
      text.substr(0, begin + begin_mark.size()) + "\n" + part + "\n" + text.substr(end);
  if (std::getenv("QUARTZ_WRITE_DOCUMENTS") != nullptr) {
    std::ofstream(kGuide) << expected;
    return;
  }
  EXPECT_EQ(text, expected) << "run this test with QUARTZ_WRITE_DOCUMENTS=1 to mend it";
}

/// A server as the guide starts it, in a folder of its own.
class OperationsGuide : public testing::Test {
 protected:
  OperationsGuide() {
    server_.emplace(std::vector<std::string>{"--data-dir", path("data"), "--backup-directory",
                                             path("backups"), "--port", "0", "--resp-port", "0"});
    http_port_ = server_->read_port();
    resp_port_ = server_->read_port();
  }

  std::string path(std::string_view name) const { return (scratch_ / std::string(name)).string(); }

  /// What the guide's programs print, run as one; the test fails if any of them does.
  std::string run(std::string script) const {
    replace_all(script, "http://127.0.0.1:3000", fmt::format("http://127.0.0.1:{}", http_port_));
    replace_all(script, "redis-cli -p 7379", fmt::format("redis-cli -e -p {}", resp_port_));
    // The second server takes whatever ports the first one has left free.
    const std::uint16_t base = static_cast<std::uint16_t>(20'000 + http_port_ % 10'000);
    replace_all(script, "3001", std::to_string(base));
    replace_all(script, "7380", std::to_string(base + 1));
    std::ofstream(path("script.sh")) << script;
    const std::string command = fmt::format(
        "cd {} && PATH=\"$(dirname {}):$PATH\" timeout 60 bash -euo pipefail script.sh "
        "> output.txt 2>&1",
        scratch_.path().string(), QUARTZ_SERVER_PROGRAM);
    EXPECT_EQ(std::system(command.c_str()), 0) << contents_of(path("output.txt"));
    return contents_of(path("output.txt"));
  }

  ScratchDirectory scratch_;
  std::optional<ServerProcess> server_;
  std::uint16_t http_port_ = 0;
  std::uint16_t resp_port_ = 0;
};

TEST_F(OperationsGuide, what_it_shows_runs) {
  for (const char* program : {"bash", "curl", "redis-cli"}) {
    if (!installed_program(program)) {
      GTEST_SKIP() << program << " is not installed: what the guide shows is NOT tested";
    }
  }
  const auto programs = programs_of(contents_of(kGuide));
  ASSERT_GT(programs.size(), 8u);
  std::string script = "redis-cli -p 7379 SET key value\nredis-cli -p 7379 GET key\n";
  for (const std::string& program : programs) script += program;
  const std::string output = run(script);
  EXPECT_THAT(output, HasSubstr("the configuration is fine"));
  EXPECT_THAT(output, HasSubstr("quartz_command_duration_seconds_bucket{command=\"set\",le="));
  EXPECT_THAT(output, HasSubstr("cmdstat_set:calls=1"));
  EXPECT_THAT(output, HasSubstr("\"whole\":true"));
  EXPECT_THAT(output, HasSubstr("limits.header_timeout"));
  EXPECT_THAT(output, HasSubstr("\nok\n1\n"));  // Of the server that was restored.
}

/// The families that a text of OpenMetrics describes: type and description by name.
std::map<std::string, std::pair<std::string, std::string>> families_of(std::string_view text) {
  std::map<std::string, std::pair<std::string, std::string>> families;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const bool is_type = line.starts_with("# TYPE ");
    if (!is_type && !line.starts_with("# HELP ")) continue;
    const std::string_view rest = line.substr(7);
    const std::size_t space = rest.find(' ');
    auto& family = families[std::string(rest.substr(0, space))];
    (is_type ? family.first : family.second) = rest.substr(space + 1);
  }
  return families;
}

TEST_F(OperationsGuide, names_every_metric) {
  std::string table = "| metric | type | |\n|---|---|---|\n";
  const std::string metrics = fetch(http_port_, "GET", "/metrics").body;
  for (const auto& [name, family] : families_of(metrics)) {
    table += fmt::format("| `{}{}` | {} | {} |\n", name, family.first == "counter" ? "_total" : "",
                         family.first, family.second);
  }
  expect_part("metrics", table);
}

TEST_F(OperationsGuide, names_every_option_that_may_change) {
  std::string table = "| option | meaning |\n|---|---|\n";
  for (const Option& option : all_options()) {
    if (option.live) table += fmt::format("| `{}` | {} |\n", option.path(), option.description);
  }
  expect_part("live options", table);
}

}  // namespace
}  // namespace quartz::server
