#include "cli/shell/table.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "base/utf8.hpp"
#include "cli/shell/reply_json.hpp"
#include "cli/text_encoding.hpp"

namespace quartz::cli {
namespace {

constexpr std::string_view kBetween = "  ";
constexpr std::size_t kNarrowest = 4;

// Of UTF-8: every code point is taken for one column.
std::size_t width_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string cut(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::size_t bytes = 0;
  for (std::size_t taken = 0; taken + 1 < width; ++taken) {
    bytes += std::max<std::size_t>(utf8_sequence_bytes(text.substr(bytes)), 1);
  }
  return std::string(text.substr(0, bytes)) + "…";
}

// The widest gives way first.
void shrink(std::vector<std::size_t>& widths, std::size_t columns) {
  const std::size_t between = kBetween.size() * (widths.size() - 1);
  while (true) {
    const std::size_t total = std::accumulate(widths.begin(), widths.end(), between);
    const auto widest = std::ranges::max_element(widths);
    if (total <= columns || *widest <= kNarrowest) return;
    --*widest;
  }
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                    const std::vector<std::size_t>& numbers) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != 0) line += kBetween;
    const std::string cell = cut(cells[i], widths[i]);
    const std::string room(widths[i] - std::min(widths[i], width_of(cell)), ' ');
    const bool right = std::ranges::find(numbers, i) != numbers.end();
    line += right ? room + cell : cell + room;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

ReplyTree object_of(const Table& table, const std::vector<std::string>& row) {
  ReplyTree object{.type = protocol::RespType::map};
  for (std::size_t i = 0; i < row.size(); ++i) {
    object.elements.push_back({.type = protocol::RespType::bulk, .text = table.titles[i]});
    object.elements.push_back({.type = protocol::RespType::bulk, .text = row[i]});
  }
  return object;
}

std::string tabbed(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (&cell != &cells.front()) line += '\t';
    escape_to(line, cell);
  }
  return line + '\n';
}

}  // namespace

std::string table_as_text(const Table& table, std::size_t columns, const Style& style) {
  if (table.rows.empty()) return style.faint("(nothing)") + '\n';
  std::vector<std::vector<std::string>> rows;
  std::vector<std::size_t> widths;
  widths.reserve(table.titles.size());
  for (const std::string& title : table.titles) widths.push_back(width_of(title));
  for (const auto& row : table.rows) {
    auto& shown = rows.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) {
      shown.push_back(escaped(row[i]));
      widths[i] = std::max(widths[i], width_of(shown.back()));
    }
  }
  shrink(widths, columns);
  std::string text = style.strong(line_of(table.titles, widths, table.numbers)) + '\n';
  std::vector<std::string> rule;
  rule.reserve(widths.size());
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  text += style.faint(line_of(rule, widths, {})) + '\n';
  for (const auto& row : rows) text += line_of(row, widths, table.numbers) + '\n';
  return text;
}

std::string table_as(ReplyForm form, const Table& table, std::size_t columns, const Style& style) {
  if (form == ReplyForm::pretty) return table_as_text(table, columns, style);
  std::string text = form == ReplyForm::raw ? tabbed(table.titles) : std::string();
  for (const auto& row : table.rows) {
    text += form == ReplyForm::raw ? tabbed(row) : reply_as_json(object_of(table, row));
  }
  return text;
}

}  // namespace quartz::cli
