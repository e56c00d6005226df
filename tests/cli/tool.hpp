#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

#include "support/child_process.hpp"

namespace quartz {

using ToolRun = ProcessRun;

/// The built tool in a process of its own: what a script would meet.
class RunningTool : public ChildProcess {
 public:
  /// Standard output is read through `read_line`, or all of it by `finish`.
  explicit RunningTool(const std::vector<std::string>& arguments, std::string_view input = {});
  /// Standard input is a pipe.
  struct PipedInput {};
  RunningTool(const std::vector<std::string>& arguments, PipedInput);
};

ToolRun run_tool(const std::vector<std::string>& arguments, std::string_view input = {});

/// A line of bash in which $QUARTZ is the tool.
ToolRun run_shell(const std::string& command);

/// Files that come with the tests.
std::filesystem::path test_data(std::string_view name);

/// The text of a file, and a file of a text.
std::string file_text(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A string of all 256 byte values in order.
std::string every_byte();

MATCHER_P(ExitsWith, status, "exits with " + std::to_string(status)) {
  return arg.status == status;
}

}  // namespace quartz
