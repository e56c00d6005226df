#include "tidy/source_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace quartz::tidy {

namespace fs = std::filesystem;

SourceTree load_tree(const fs::path& root) {
  SourceTree tree;
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const auto name = entry->path().filename().string();
    const bool built = entry.depth() == 0 && name.starts_with("build");
    if (entry->is_directory() && (built || name == ".git" || name == ".cache")) {
      entry.disable_recursion_pending();
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    // A zero byte is what tells a golden file from a text.
    if (text.find('\0') != std::string::npos) continue;
    tree.emplace(fs::relative(entry->path(), root).generic_string(), std::move(text));
  }
  return tree;
}

std::string describe(const Findings& findings) {
  std::string text;
  for (const auto& finding : findings) {
    text += finding.path + ":" + std::to_string(finding.line) + ": " + finding.message + "\n";
  }
  return text;
}

void for_each_line(std::string_view text,
                   const std::function<void(std::string_view, std::size_t)>& visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_header(std::string_view path) { return path.ends_with(".hpp") || path.ends_with(".h"); }

bool is_cpp(std::string_view path) {
  return path.ends_with(".cpp") || path.ends_with(".c") || is_header(path);
}

bool is_markdown(std::string_view path) { return path.ends_with(".md"); }

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view stem_of(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return path.substr(0, path.find('.'));
}

}  // namespace quartz::tidy
