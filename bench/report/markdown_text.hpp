#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::bench {

/// `text` so that Markdown shows it as it is, in a paragraph or in a cell of a table.
std::string markdown_escaped(std::string_view text);

/// A link to the heading `title` of the same document, by the anchor that forges give it. All
/// headings of a document have different titles, or this would lead to the first.
std::string link_to_heading(std::string_view title);

/// What the columns of a table hold, except the first, which is always text.
enum class Columns : std::uint8_t { figures, texts };

/// A table with figures to the right and texts to the left. Rows shorter than the head are filled
/// up with empty cells. Cells are Markdown already.
std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows,
                           Columns columns = Columns::figures);

}  // namespace quartz::bench
