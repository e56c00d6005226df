#include <algorithm>
#include <filesystem>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

/// Calls `visit` for the lines of a document that are not inside a fenced block.
void for_each_prose_line(std::string_view text,
                         const std::function<void(std::string_view, std::size_t)>& visit) {
  bool fenced = false;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (line.starts_with("```")) {
      fenced = !fenced;
    } else if (!fenced) {
      visit(line, number);
    }
  });
}

/// `line` with everything between backquotes blanked out, since code may look like a link.
std::string without_code(std::string_view line) {
  std::string prose(line);
  bool code = false;
  for (char& c : prose) {
    if (c == '`') code = !code;
    if (code) c = ' ';
  }
  return prose;
}

/// Whether `target`, seen from the folder of `path`, is a file of the tree or one of its folders.
bool resolves(const SourceTree& tree, std::string_view path, std::string_view target) {
  const auto place =
      (std::filesystem::path(folder_of(path)) / target).lexically_normal().generic_string();
  const auto found = tree.lower_bound(place);
  if (place == "." || place == "./") return true;
  if (found == tree.end()) return false;
  if (found->first == place) return true;
  const auto folder = place.ends_with('/') ? place : place + "/";
  const auto inside = tree.lower_bound(folder);
  return inside != tree.end() && inside->first.starts_with(folder);
}

}  // namespace

Findings titles(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_markdown(path)) continue;
    std::size_t count = 0;
    for_each_prose_line(text, [&](std::string_view line, std::size_t) {
      if (line.starts_with("# ")) ++count;
    });
    if (count != 1) {
      findings.push_back({path, 0, std::to_string(count) + " titles; a document has one"});
    }
  }
  return findings;
}

Findings links(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_markdown(path)) continue;
    for_each_prose_line(text, [&](std::string_view line, std::size_t number) {
      const auto prose = without_code(line);
      std::string_view rest = prose;
      for (auto at = rest.find("]("); at != std::string_view::npos; at = rest.find("](")) {
        rest.remove_prefix(at + 2);
        auto target = rest.substr(0, rest.find_first_of(") "));
        target = target.substr(0, target.find('#'));
        if (target.empty() || contains(target, ":") || resolves(tree, path, target)) continue;
        findings.push_back({path, number, "'" + std::string(target) + "' leads nowhere"});
      }
    });
  }
  return findings;
}

Findings verbs(const SourceTree& tree) {
  constexpr std::string_view kScript = "./dev ";
  const auto script = tree.find("dev");
  Findings findings;
  for (const auto& [path, text] : tree) {
    const bool says_what_to_run = is_markdown(path) || path.starts_with(".");
    if (!says_what_to_run) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      for (auto at = line.find(kScript); at != std::string_view::npos; at = line.find(kScript)) {
        line.remove_prefix(at + kScript.size());
        const auto verb = line.substr(0, line.find_first_not_of("abcdefghijklmnopqrstuvwxyz"));
        const std::string function = "\nverb_" + std::string(verb) + "() {";
        if (verb.empty() || (script != tree.end() && contains(script->second, function))) continue;
        findings.push_back({path, number, "./dev has no verb '" + std::string(verb) + "'"});
      }
    });
  }
  return findings;
}

}  // namespace quartz::tidy
