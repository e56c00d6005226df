#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "cli/shell/reply_text.hpp"
#include "cli/terminal.hpp"

namespace quartz::cli {

/// Rows of text under a title each.
struct Table {
  std::vector<std::string> titles = {};
  std::vector<std::vector<std::string>> rows =
      {};                                 ///< Each with a cell for every title. Any bytes.
  std::vector<std::size_t> numbers = {};  ///< Columns that are aligned to the right.
};

/// In columns, no line longer than `columns` as long as there is room for a few letters of each
/// cell: the widest are cut, and end in "…" then. Bytes that are no text are escaped.
/// Without rows it says so.
std::string table_as_text(const Table& table, std::size_t columns, const Style& style);

/// Pretty: the same. Raw: titles and rows with tabs between cells, escaped. JSON: an object a row.
std::string table_as(ReplyForm form, const Table& table, std::size_t columns, const Style& style);

}  // namespace quartz::cli
