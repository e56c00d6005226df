#include "cli/shell/history_file.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "base/ascii.hpp"
#include "cli/shell/words.hpp"

namespace quartz::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLinesMax = 1'000;

bool has_word(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::any_of(words,
                             [&](const std::string& each) { return is_same_word(each, word); });
}

bool is_word_at(const std::vector<std::string>& words, std::size_t index, std::string_view word) {
  return words.size() > index && is_same_word(words[index], word);
}

// Makes an empty file, and lets it be the owner's alone before anything is in it.
bool prepare(const fs::path& path) {
  std::error_code error;
  const fs::path directory = path.parent_path();
  if (!fs::exists(directory, error)) {
    fs::create_directories(directory, error);
    if (!error) fs::permissions(directory, fs::perms::owner_all, error);
    if (error) return false;
  }
  if (!fs::exists(path, error)) std::ofstream(path, std::ios::app).flush();
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write, error);
  return !error;
}

}  // namespace

bool is_confidential(std::string_view line) {
  if (line.starts_with(' ') || line.starts_with('\t')) return true;
  const auto split = split_words(line);
  const std::vector<std::string> words = split ? *split : rough_words(line);
  if (is_word_at(words, 0, "AUTH")) return true;
  const bool greets = is_word_at(words, 0, "HELLO") || is_word_at(words, 0, "MIGRATE");
  if (greets && (has_word(words, "AUTH") || has_word(words, "AUTH2"))) return true;
  if (is_word_at(words, 0, "ACL") && is_word_at(words, 1, "SETUSER")) return true;
  const bool configures = is_word_at(words, 0, "CONFIG") && is_word_at(words, 1, "SET");
  return configures && (has_word(words, "requirepass") || has_word(words, "masterauth"));
}

std::optional<fs::path> HistoryFile::usual_path() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  const char* const home = std::getenv("HOME");
  // A path that is not absolute is to be ignored, says the convention.
  if (state != nullptr && *state == '/') return fs::path(state) / "quartz" / "history";
  if (home == nullptr || *home == '\0') return std::nullopt;
  return fs::path(home) / ".local" / "state" / "quartz" / "history";
}

std::vector<std::string> HistoryFile::load() {
  std::vector<std::string> lines;
  if (!path_) return lines;
  std::ifstream file(*path_, std::ios::binary);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.size() <= kLinesMax) return lines;
  const bool long_ago = lines.size() > 2 * kLinesMax;
  lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kLinesMax));
  if (long_ago && prepare(*path_)) {
    std::ofstream shorter(*path_, std::ios::binary | std::ios::trunc);
    for (const std::string& line : lines) shorter << line << '\n';
  }
  return lines;
}

void HistoryFile::append(std::string_view line) {
  if (!path_ || line.find('\n') != std::string_view::npos || !prepare(*path_)) return;
  // As one write, so that the lines of two shells are not mixed.
  std::ofstream file(*path_, std::ios::binary | std::ios::app);
  file << std::string(line) + '\n';
}

}  // namespace quartz::cli
