#include "bench/report/markdown_text.hpp"

#include <fmt/format.h>

namespace quartz::bench {
namespace {

constexpr std::string_view kSpecial = "\\`*_[]<>|#";

bool is_word_byte(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return letter || c == '-' || c == '_' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string anchor_of(std::string_view title) {
  std::string anchor;
  for (char c : title) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == ' ') c = '-';
    if (is_word_byte(c)) anchor += c;
  }
  return anchor;
}

std::string line_of(const std::vector<std::string>& cells, std::size_t columns) {
  std::string line = "|";
  for (std::size_t i = 0; i < columns; ++i) {
    line += i < cells.size() && !cells[i].empty() ? fmt::format(" {} |", cells[i]) : " |";
  }
  return line + '\n';
}

}  // namespace

std::string markdown_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  return escaped;
}

std::string link_to_heading(std::string_view title) {
  return fmt::format("[{}](#{})", markdown_escaped(title), anchor_of(title));
}

std::string markdown_table(const std::vector<std::string>& head,
                           const std::vector<std::vector<std::string>>& rows, Columns columns) {
  std::string table = line_of(head, head.size());
  table += '|';
  for (std::size_t i = 0; i < head.size(); ++i) {
    table += i == 0 || columns == Columns::texts ? "---|" : "--:|";
  }
  table += '\n';
  for (const auto& row : rows) table += line_of(row, head.size());
  return table;
}

}  // namespace quartz::bench
