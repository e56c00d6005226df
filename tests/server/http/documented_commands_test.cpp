#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

const std::string kSources = QUARTZ_SOURCE_DIRECTORY;

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

/// Programs of the shell that documents show, run as they stand there against a server.
class DocumentedCommands : public ServedEngine {
 protected:
  void SetUp() override {
    for (const char* program : {"bash", "curl", "redis-cli"}) {
      if (std::system(("command -v " + std::string(program) + " > /dev/null").c_str()) != 0) {
        GTEST_SKIP() << program << " is not installed: what the documents show is NOT tested";
      }
    }
    ServerConfig config = small_config();
    config.resp = {.enabled = true, .port = 0};
    config.backup_directory = (scratch_ / "backups").string();
    serve(config);
  }

  /// What the script prints; the test fails if it does.
  std::string run(const std::string& script) {
    const std::string file = (scratch_ / "script.sh").string();
    const std::string output = (scratch_ / "output.txt").string();
    std::ofstream(file) << script;
    const std::string command = "QUARTZ_URL=http://127.0.0.1:" + std::to_string(port()) +
                                " timeout 60 bash -euo pipefail " + file + " > " + output + " 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0) << contents_of(output);
    return contents_of(output);
  }
};

TEST_F(DocumentedCommands, the_example_of_the_rest_interface_runs) {
  const std::string output = run(contents_of(kSources + "/examples/rest.sh"));
  EXPECT_THAT(output, HasSubstr("Alice"));
  EXPECT_THAT(output, HasSubstr(R"("id":"doc:1")"));
  EXPECT_THAT(output, HasSubstr("event: put"));
  EXPECT_THAT(output, HasSubstr(R"("whole":true)"));
}

TEST_F(DocumentedCommands, the_lines_of_the_readme_run) {
  const std::string readme = contents_of(kSources + "/README.md");
  const std::size_t start = readme.find("quartz-server &\n");
  ASSERT_NE(start, std::string::npos);
  const std::size_t begin = start + std::string_view("quartz-server &\n").size();
  std::string script = readme.substr(begin, readme.find("```", begin) - begin);
  replace_all(script, "http://127.0.0.1:3000", "http://127.0.0.1:" + std::to_string(port()));
  replace_all(script, "redis-cli -p 7379",
              "redis-cli -p " + std::to_string(server_->resp_port().value()));
  const std::string output = run(script);
  EXPECT_THAT(output, HasSubstr("Alice"));
  EXPECT_EQ(engine_.get("user:1").value(), "Alice");
}

}  // namespace
}  // namespace quartz::server
