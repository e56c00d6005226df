#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::cli {

/// Whether a line carries a secret (AUTH, HELLO … AUTH, ACL SETUSER…), or begins with a blank: such
/// lines are not kept. A line with wrong quotes is judged by what it looks like.
bool is_confidential(std::string_view line);

/// Lines that were typed, one a line, in a file that nobody but its owner reads. Several shells may
/// write at a time. What cannot be read or written is not kept, without a word.
class HistoryFile {
 public:
  /// Below $XDG_STATE_HOME, or else ~/.local/state; nothing where neither is known.
  static std::optional<std::filesystem::path> usual_path();

  /// Nothing: nothing is kept.
  explicit HistoryFile(std::optional<std::filesystem::path> path) : path_(std::move(path)) {}

  /// The newest lines, oldest first. A file that has grown long is cut to them.
  std::vector<std::string> load();
  /// A line that is to be kept.
  void append(std::string_view line);

 private:
  std::optional<std::filesystem::path> path_;
};

}  // namespace quartz::cli
