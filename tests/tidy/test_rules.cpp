#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

constexpr std::string_view kMutants = "tests/crash/mutants.txt";
constexpr std::string_view kMutantTable = "docs/guide/mutants.md";

bool is_name_character(char c) {
  return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// The name at the beginning of `text`, behind spaces, which are taken off together.
std::string take_name(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  const auto end = std::ranges::find_if_not(text, is_name_character);
  const auto length = static_cast<std::size_t>(end - text.begin());
  std::string name(text.substr(0, length));
  text.remove_prefix(length);
  return name;
}

/// "Suite.name" and "Suite.*" of every test in the tree.
std::set<std::string> declared_tests(const SourceTree& tree) {
  std::set<std::string> tests;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("tests/") || !is_cpp(path)) continue;
    for (std::string_view rest = text;;) {
      const auto at = rest.find("\nTEST");
      if (at == std::string_view::npos) break;
      rest.remove_prefix(at + 1);
      static_cast<void>(take_name(rest));  // TEST, TEST_F or TEST_P
      if (!rest.starts_with('(')) continue;
      rest.remove_prefix(1);
      const std::string suite = take_name(rest);
      if (!rest.starts_with(',')) continue;
      rest.remove_prefix(1);
      tests.insert(suite + "." + take_name(rest));
      tests.insert(suite + ".*");
    }
  }
  return tests;
}

/// Whether what stands between two backquotes means a test: "Suite.name" or "Suite.*".
bool means_test(std::string_view code) {
  const auto dot = code.find('.');
  if (dot == std::string_view::npos || code.find('.', dot + 1) != std::string_view::npos) {
    return false;
  }
  const auto suite = code.substr(0, dot);
  const auto name = code.substr(dot + 1);
  if (suite.empty() || std::isupper(static_cast<unsigned char>(suite.front())) == 0) return false;
  if (!std::ranges::all_of(suite, is_name_character)) return false;
  // Files have endings, tests have sentences.
  return name == "*" || (contains(name, "_") && std::ranges::all_of(name, is_name_character));
}

/// The calls of `mutant`: the name, and where it stands.
std::multimap<std::string, Finding> mutants_in_use(const SourceTree& tree) {
  constexpr std::string_view kCall = "mutant(\"";
  std::multimap<std::string, Finding> used;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || !is_cpp(path)) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      for (auto at = line.find(kCall); at != std::string_view::npos; at = line.find(kCall)) {
        line.remove_prefix(at + kCall.size());
        used.emplace(line.substr(0, line.find('"')), Finding{path, number, ""});
      }
    });
  }
  return used;
}

/// The names at the beginning of the rows of the table, with their lines.
std::map<std::string, std::size_t> mutants_in_table(const SourceTree& tree) {
  constexpr std::string_view kRow = "| `";
  std::map<std::string, std::size_t> rows;
  const auto table = tree.find(std::string(kMutantTable));
  if (table == tree.end()) return rows;
  for_each_line(table->second, [&](std::string_view line, std::size_t number) {
    if (!line.starts_with(kRow)) return;
    line.remove_prefix(kRow.size());
    rows.emplace(line.substr(0, line.find('`')), number);
  });
  return rows;
}

}  // namespace

Findings tests_in_documents(const SourceTree& tree, const std::set<std::string>& documents) {
  const std::set<std::string> tests = declared_tests(tree);
  Findings findings;
  for (const std::string& path : documents) {
    const auto document = tree.find(path);
    if (document == tree.end()) {
      findings.push_back({path, 0, "is not there"});
      continue;
    }
    for_each_line(document->second, [&](std::string_view line, std::size_t number) {
      for (bool code = false; !line.empty(); code = !code) {
        const auto part = line.substr(0, line.find('`'));
        line.remove_prefix(std::min(part.size() + 1, line.size()));
        if (!code || !means_test(part) || tests.contains(std::string(part))) continue;
        findings.push_back({path, number, "no test is called " + std::string(part)});
      }
    });
  }
  return findings;
}

std::vector<std::string> mutant_names(const SourceTree& tree) {
  std::vector<std::string> names;
  const auto list = tree.find(std::string(kMutants));
  if (list == tree.end()) return names;
  for_each_line(list->second,
                [&](std::string_view line, std::size_t) { names.emplace_back(line); });
  return names;
}

Findings mutants(const SourceTree& tree) {
  const std::vector<std::string> names = mutant_names(tree);
  const auto used = mutants_in_use(tree);
  Findings findings;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto uses = used.count(names[i]);
    if (uses == 1 && std::ranges::count(names, names[i]) == 1) continue;
    findings.push_back({std::string(kMutants), i + 1,
                        "'" + names[i] + "' is made in " + std::to_string(uses) +
                            " places; a mutant is listed once and made in one"});
  }
  for (const auto& [name, place] : used) {
    if (std::ranges::find(names, name) != names.end()) continue;
    findings.push_back({place.path, place.line, "mutant '" + name + "' is not listed"});
  }
  return findings;
}

Findings mutants_in_document(const SourceTree& tree) {
  const std::vector<std::string> names = mutant_names(tree);
  const auto rows = mutants_in_table(tree);
  Findings findings;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (rows.contains(names[i])) continue;
    findings.push_back({std::string(kMutants), i + 1,
                        "'" + names[i] + "' has no row in " + std::string(kMutantTable)});
  }
  for (const auto& [name, line] : rows) {
    if (std::ranges::find(names, name) != names.end()) continue;
    findings.push_back({std::string(kMutantTable), line, "there is no mutant '" + name + "'"});
  }
  return findings;
}

}  // namespace quartz::tidy
