#include "cli/shell/terminal_tool.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <poll.h>
#include <pty.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

namespace quartz {
namespace {

// Only a program that has gone wrong is ever waited for so long.
constexpr int kPatienceMilliseconds = 120'000;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> variables_of(const std::string& home) {
  std::vector<std::string> variables = {"TERM=xterm", "NO_COLOR=1", "LANG=C.UTF-8", "HOME=" + home,
                                        "XDG_STATE_HOME=" + home};
  for (const char* const name : {"TSAN_OPTIONS", "ASAN_OPTIONS", "UBSAN_OPTIONS", "PATH"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr) variables.push_back(std::string(name) + "=" + value);
  }
  return variables;
}

// How long the escape sequence is that `text` begins with; 0: its end is missing.
std::size_t sequence_bytes(std::string_view text) {
  if (text.size() < 2) return 0;
  if (text[1] != '[') return text[1] == '(' ? (text.size() < 3 ? 0 : 3) : 2;
  const std::size_t end = text.find_first_not_of("0123456789;?", 2);
  return end == std::string_view::npos ? 0 : end + 1;
}

// Moves what a reader sees to the end of `to`; what may be a part of something stays.
void take_visible(std::string& raw, std::string& to) {
  std::string_view rest = raw;
  while (!rest.empty()) {
    if (rest.front() != '\033') {
      if (rest.front() != '\r' && rest.front() != '\a') to += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const std::size_t bytes = sequence_bytes(rest);
    if (bytes == 0) break;
    rest.remove_prefix(bytes);
  }
  raw.erase(0, raw.size() - rest.size());
}

}  // namespace

TerminalTool::TerminalTool(const std::vector<std::string>& arguments, const std::string& home) {
  std::vector<std::string> words = {QUARTZ_TOOL};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = variables_of(home);
  const std::vector<char*> word_pointers = pointers_to(words);
  const std::vector<char*> variable_pointers = pointers_to(variables);
  struct winsize size = {};
  size.ws_row = 40;
  size.ws_col = 200;
  id_ = ::forkpty(&terminal_, nullptr, nullptr, &size);
  if (id_ == 0) {
    ::execve(word_pointers[0], word_pointers.data(), variable_pointers.data());
    ::_exit(127);
  }
}

TerminalTool::~TerminalTool() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  if (terminal_ >= 0) ::close(terminal_);
}

void TerminalTool::type(std::string_view keys) {
  while (!keys.empty()) {
    const ssize_t written = ::write(terminal_, keys.data(), keys.size());
    ASSERT_GT(written, 0);
    keys.remove_prefix(static_cast<std::size_t>(written));
  }
}

void TerminalTool::signal(int number) { ::kill(id_, number); }

// False at the end, or if nothing has come for too long.
bool TerminalTool::read_more() {
  struct pollfd waiting = {terminal_, POLLIN, 0};
  int ready = 0;
  while ((ready = ::poll(&waiting, 1, kPatienceMilliseconds)) < 0 && errno == EINTR) {
  }
  if (ready <= 0) return false;
  std::array<char, 4096> bytes;
  const ssize_t count = ::read(terminal_, bytes.data(), bytes.size());
  if (count <= 0) return false;  // EIO once nobody has the terminal's other end.
  raw_.append(bytes.data(), static_cast<std::size_t>(count));
  take_visible(raw_, seen_);
  return true;
}

std::string TerminalTool::wait_for(std::string_view text) {
  while (true) {
    if (const std::size_t at = seen_.find(text); at != std::string::npos) {
      std::string before = seen_.substr(0, at + text.size());
      seen_.erase(0, at + text.size());
      return before;
    }
    if (!read_more()) {
      ADD_FAILURE() << "\"" << text << "\" never appeared behind this:\n" << seen_;
      return std::exchange(seen_, {});
    }
  }
}

int TerminalTool::finish() {
  while (read_more()) {
  }
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace quartz
