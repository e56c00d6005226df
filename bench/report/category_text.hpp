#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::bench {

/// What a reader is told about a category.
struct CategoryText {
  std::string_view name;         ///< As in files and on the command line: "put_disk".
  std::string_view title;        ///< "Put, disk durability"
  std::string_view description;  ///< One line of plain text.
};

/// All categories that have a text.
std::span<const CategoryText> category_texts();

/// The title, or `category` itself if it has no text.
std::string category_title(std::string_view category);
/// The description; empty if it has no text.
std::string_view category_description(std::string_view category);

/// Categories that belong in one section of the document and in one plot.
struct CategoryGroup {
  std::string_view title;
  std::string_view plot_file;  ///< "writes.svg"; empty if times are not what it is about.
  std::vector<std::string> categories;
};

/// Every category that has a text is in exactly one.
const std::vector<CategoryGroup>& category_groups();

}  // namespace quartz::bench
