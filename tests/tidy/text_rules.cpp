#include <algorithm>
#include <array>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

constexpr std::size_t kLinesMax = 600;

/// This folder names what it forbids.
bool spells_the_rules(std::string_view path) { return path.starts_with("tests/tidy/"); }

/// What tests read has the shape of where it comes from.
bool is_test_data(std::string_view path) {
  return path.starts_with("tests/golden/") ||
         (path.starts_with("tests/") && contains(path, "/data/"));
}

bool is_word_character(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Whether `line` holds `word` with nothing that would make it a part of a longer one.
bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const auto after = at + word.size();
    const bool begins = at == 0 || !is_word_character(line[at - 1]);
    const bool ends = after == line.size() || !is_word_character(line[after]);
    if (begins && ends) return true;
  }
  return false;
}

bool bans_mutex(std::string_view path) {
  return is_cpp(path) && path != "src/base/mutex.hpp" &&
         (path.starts_with("src/") || path.starts_with("include/") || path.starts_with("tests/"));
}

std::size_t line_count(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::string spread(std::string_view name, std::vector<std::size_t> sizes) {
  if (sizes.empty()) return std::string(name) + ": none\n";
  std::ranges::sort(sizes);
  std::size_t total = 0;
  for (const auto size : sizes) total += size;
  return std::string(name) + ": " + std::to_string(sizes.size()) + " files, " +
         std::to_string(total) + " lines, median " + std::to_string(sizes[sizes.size() / 2]) +
         ", p90 " + std::to_string(sizes[sizes.size() * 9 / 10]) + ", longest " +
         std::to_string(sizes.back()) + "\n";
}

}  // namespace

Findings sizes(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    const auto lines = line_count(text);
    if (is_cpp(path) && lines > kLinesMax) {
      findings.push_back({path, 0, std::to_string(lines) + " lines; at most 600 are allowed"});
    }
  }
  return findings;
}

Findings file_names(const SourceTree& tree) {
  static constexpr std::array<std::string_view, 7> kAttics = {
      "util", "utils", "helper", "helpers", "common", "misc", "manager"};
  Findings findings;
  for (const auto& [path, text] : tree) {
    // Words of a name are parted by underscores, so those stand for slashes here.
    auto words = path;
    std::ranges::replace(words, '_', '/');
    for (const auto attic : kAttics) {
      if (has_word(words, attic)) {
        findings.push_back(
            {path, 0, "'" + std::string(attic) + "' says nothing about the content"});
      }
    }
  }
  return findings;
}

Findings banned_words(const SourceTree& tree) {
  static constexpr std::array<std::string_view, 4> kUnfinished = {"TODO", "FIXME", "XXX", "HACK"};
  // Absolute paths below them are those of one machine.
  static constexpr std::array<std::string_view, 2> kHomes = {"root", "home"};
  static constexpr std::array<std::string_view, 3> kMutexes = {"std::mutex", "std::shared_mutex",
                                                               "std::recursive_mutex"};
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (spells_the_rules(path) || is_test_data(path)) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      const auto object = [&](std::string_view word) {
        findings.push_back({path, number, "'" + std::string(word) + "' has no place here"});
      };
      for (const auto word : kUnfinished) {
        if (has_word(line, word)) object(word);
      }
      for (const auto home : kHomes) {
        const std::string below = "/" + std::string(home) + "/";
        if (contains(line, below)) object(below);
      }
      if (!is_cpp(path)) return;
      if (contains(line, "DISABLED_")) object("DISABLED_");
      if (contains(line, "using namespace std;")) object("using namespace std");
      for (const auto word : kMutexes) {
        if (bans_mutex(path) && has_word(line, word)) object(word);
      }
    });
  }
  return findings;
}

Findings whitespace(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (is_test_data(path)) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      if (contains(line, "\t")) findings.push_back({path, number, "a tab"});
      if (line.ends_with(' ')) findings.push_back({path, number, "space at the end of the line"});
      if (line.ends_with('\r')) findings.push_back({path, number, "a carriage return"});
    });
    if (!text.empty() && (!text.ends_with('\n') || text.ends_with("\n\n"))) {
      findings.push_back({path, 0, "does not end with one newline"});
    }
  }
  return findings;
}

Findings dead_files(const SourceTree& tree, const std::set<std::string>& sources) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    // What must not compile is in no target, and the consumer is a project of its own.
    if (!path.ends_with(".cpp") || path.starts_with("tests/must_not_compile/") ||
        path.starts_with("tests/consumer/")) {
      continue;
    }
    if (!path.starts_with("src/") && !path.starts_with("tests/") &&
        !path.starts_with("examples/")) {
      continue;
    }
    if (!sources.contains(path)) findings.push_back({path, 0, "is in no target"});
  }
  return findings;
}

std::string figures(const SourceTree& tree) {
  std::vector<std::size_t> code;
  std::vector<std::size_t> tests;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    if (path.starts_with("src/") || path.starts_with("include/")) code.push_back(line_count(text));
    if (path.starts_with("tests/")) tests.push_back(line_count(text));
  }
  return spread("code", code) + spread("tests", tests);
}

}  // namespace quartz::tidy
