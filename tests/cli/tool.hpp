#pragma once

#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include <gmock/gmock.h>

namespace quartz {

/// How a run of the command-line tool ended. A signal's number plus 128 stands for its status, as
/// in a shell.
struct ToolRun {
  int status = -1;
  std::string out;
  std::string err;
};

inline void PrintTo(const ToolRun& run, std::ostream* to) {
  *to << "status " << run.status << "\nstdout: " << run.out << "\nstderr: " << run.err;
}

/// The built tool in a process of its own: what a script would meet. Ends the test process if it
/// cannot even be started.
class RunningTool {
 public:
  /// Standard output is read through `read_line`, or all of it by `finish`.
  explicit RunningTool(const std::vector<std::string>& arguments, std::string_view input = {});
  /// Standard input is a pipe that stays open until `finish`.
  struct PipedInput {};
  RunningTool(const std::vector<std::string>& arguments, PipedInput);
  RunningTool(const RunningTool&) = delete;
  RunningTool& operator=(const RunningTool&) = delete;
  ~RunningTool();

  /// The next line without its newline; empty at the end.
  std::string read_line();
  void signal(int number);
  /// Writes into the pipe, and waits until the tool has taken all of it.
  void feed(std::string_view text);
  /// Waits for the end; what was not read yet is in `out`.
  ToolRun finish();

 private:
  void start(const std::vector<std::string>& arguments, int input);

  pid_t id_ = -1;
  int input_ = -1;  // Of a piped input, the end that is written.
  int output_ = -1;
  int errors_ = -1;
  std::string buffer_;
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
