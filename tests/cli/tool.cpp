#include "cli/tool.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace quartz {
namespace {

std::vector<std::string> words_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{QUARTZ_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace

RunningTool::RunningTool(const std::vector<std::string>& arguments, std::string_view input)
    : ChildProcess({.words = words_of(arguments),
                    .variables = own_variables(),
                    .input = std::string(input)}) {}

RunningTool::RunningTool(const std::vector<std::string>& arguments, PipedInput)
    : ChildProcess({.words = words_of(arguments),
                    .variables = own_variables(),
                    .input = {},
                    .pipes_input = true}) {}

ToolRun run_tool(const std::vector<std::string>& arguments, std::string_view input) {
  return RunningTool(arguments, input).finish();
}

ToolRun run_shell(const std::string& command) {
  ::setenv("QUARTZ", QUARTZ_TOOL, 1);
  return ChildProcess({.words = {"/bin/bash", "-c", command}, .variables = own_variables()})
      .finish();
}

std::filesystem::path test_data(std::string_view name) {
  return std::filesystem::path(QUARTZ_SOURCE_DIRECTORY) / "tests/cli/data" / name;
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string every_byte() {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

}  // namespace quartz
