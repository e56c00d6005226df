#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::tidy {

/// The text files of a project: path relative to its root, with slashes, to content. A plain map,
/// so that a rule can be shown a made-up tree.
using SourceTree = std::map<std::string, std::string>;

/// Every text file below `root` but what is built or belongs to git.
SourceTree load_tree(const std::filesystem::path& root);

/// Something that a rule objects to.
struct Finding {
  std::string path;
  std::size_t line = 0;  // Zero: the file as a whole.
  std::string message;
};

using Findings = std::vector<Finding>;

/// One finding a line, as compilers print them.
std::string describe(const Findings& findings);

/// Calls `visit` with every line of `text`, without its end, and its number from 1.
void for_each_line(std::string_view text,
                   const std::function<void(std::string_view line, std::size_t number)>& visit);

bool contains(std::string_view text, std::string_view part);

bool is_header(std::string_view path);
/// A source or a header, of C++ or of C.
bool is_cpp(std::string_view path);
bool is_markdown(std::string_view path);

/// `path` up to and without its last slash; empty for a file of the root.
std::string_view folder_of(std::string_view path);
/// The file's name without folder and without everything from the first dot on.
std::string_view stem_of(std::string_view path);

}  // namespace quartz::tidy
