#include "cli/unicode_data.hpp"

#include <charconv>
#include <fstream>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::cli {
namespace {

constexpr std::uint32_t kCodePointMax = 0x10FFFF;

// The whole text as a hexadecimal number, if it is one and Unicode has it.
std::optional<std::uint32_t> parse_code_point(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, number, 16);
  if (failure != std::errc{} || stopped != end || number > kCodePointMax) return std::nullopt;
  return number;
}

// ASCII only, which is all that names have; other bytes stay as they are.
std::string capitals(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return result;
}

// A line cut at a separator: what is before it, and the rest.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Takes the files line by line and builds the entries. Names are collected from both files, so that
// one that appears in several places becomes one row.
class Reader {
 public:
  // Calls `take` with each line; it answers false for a line that makes no sense.
  template <class Take>
  Result<void> each_line(const std::filesystem::path& path, Take take) {
    std::ifstream file(path);
    if (!file) {
      return Error{Errc::not_found, fmt::format("{} is missing or not readable", path.string())};
    }
    std::string line;
    for (std::uint64_t number = 1; std::getline(file, line); ++number) {
      if (!take(std::string_view(line))) {
        return Error{
            Errc::invalid_argument,
            fmt::format("{}:{}: not what this file should look like", path.string(), number)};
      }
    }
    return {};
  }

  // "0021;EXCLAMATION MARK;Po;0;ON;;;;;N;;;;;"
  bool take_character(std::string_view line) {
    const auto [digits, record] = cut(line, ';');
    const auto code_point = parse_code_point(digits);
    if (!code_point || record.empty()) return false;
    data_.entries[*code_point].record = record;
    ++data_.record_count;
    ++data_.character_count;
    const std::string_view name = field_of(record, 0);
    if (name != "<control>") add_name(*code_point, std::string(name), digits);
    return true;
  }

  // A heading, a block, an entry, or what is said about the entry before it.
  bool take_list_line(std::string_view line) {
    if (line.starts_with("@@\t")) return take_block(line.substr(3));
    if (line.starts_with('\t')) return take_note(line.substr(1));
    if (line.empty() || line.front() == '@' || line.front() == ';') return true;
    const auto [digits, name] = cut(line, '\t');
    const auto code_point = parse_code_point(digits);
    if (!code_point) return false;
    code_point_ = code_point;
    digits_ = digits;
    // "<control>" is no name: dozens of characters have it.
    name_ = name.starts_with('<') ? fmt::format("U+{}", digits) : std::string(name);
    return true;
  }

  UnicodeData finish() {
    data_.name_count = places_.size();
    return std::move(data_);
  }

 private:
  // "2190<TAB>Arrows<TAB>21FF"
  bool take_block(std::string_view text) {
    const auto [first, rest] = cut(text, '\t');
    const auto [name, last] = cut(rest, '\t');
    const auto code_point = parse_code_point(first);
    if (!code_point || !parse_code_point(last)) return false;
    ++data_.record_count;
    add_name(*code_point, fmt::format("BLOCK {}", name), fmt::format("{}..{}", first, last));
    return true;
  }

  // "= alias", "% FORMAL ALIAS", "x (other name - 2603)" or "x 2603"; other notes are left alone.
  bool take_note(std::string_view note) {
    if (!code_point_ || note.size() < 3 || note[1] != ' ') return true;
    const std::string_view text = note.substr(2);
    if (note[0] == '=' || note[0] == '%') {
      add_aliases(text);
      ++data_.record_count;
    } else if (note[0] == 'x') {
      add_reference(text);
    }
    return true;
  }

  // "period, dot, decimal point" are three.
  void add_aliases(std::string_view text) {
    while (!text.empty()) {
      const std::size_t comma = text.find(", ");
      add_name(*code_point_, capitals(text.substr(0, comma)), digits_);
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 2);
    }
  }

  // The key holds both ends, so that a prefix scan finds everything that one character refers to.
  void add_reference(std::string_view text) {
    std::string_view digits = text;
    std::string target = fmt::format("U+{}", text);
    const std::size_t dash = text.rfind(" - ");
    if (text.starts_with('(') && text.ends_with(')') && dash != std::string_view::npos) {
      digits = text.substr(dash + 3, text.size() - dash - 4);
      target = capitals(text.substr(1, dash - 1));
    }
    add_name(*code_point_, fmt::format("{} -> {}", name_, target), digits);
    ++data_.record_count;
  }

  // One row per name: a name that several code points share lists them all.
  void add_name(std::uint32_t code_point, std::string name, std::string_view leads_to) {
    std::vector<UnicodeName>& names = data_.entries[code_point].names;
    const auto [place, fresh] = places_.try_emplace(name, code_point, names.size());
    if (fresh) {
      names.push_back({std::move(name), std::string(leads_to)});
      return;
    }
    const auto [owner, index] = place->second;
    std::string& code_points = data_.entries[owner].names[index].code_points;
    if (code_points.find(leads_to) == std::string::npos) {
      code_points += ' ';
      code_points += leads_to;
    }
  }

  UnicodeData data_;
  // Where each name is: the entry's code point and the index among its names.
  std::unordered_map<std::string, std::pair<std::uint32_t, std::size_t>> places_;
  // The entry of NamesList.txt that notes are about.
  std::optional<std::uint32_t> code_point_;
  std::string digits_;
  std::string name_;
};

}  // namespace

Result<UnicodeData> read_unicode_data(const std::filesystem::path& directory) {
  Reader reader;
  QUARTZ_TRY(reader.each_line(directory / "UnicodeData.txt",
                              [&](std::string_view line) { return reader.take_character(line); }));
  QUARTZ_TRY(reader.each_line(directory / "NamesList.txt",
                              [&](std::string_view line) { return reader.take_list_line(line); }));
  return reader.finish();
}

std::string character_key(std::uint32_t code_point) { return fmt::format("{:06X}", code_point); }

std::string_view field_of(std::string_view record, std::size_t index) noexcept {
  for (; index > 0; --index) {
    const std::size_t semicolon = record.find(';');
    if (semicolon == std::string_view::npos) return {};
    record.remove_prefix(semicolon + 1);
  }
  return record.substr(0, record.find(';'));
}

std::string glyph_of(std::uint32_t code_point, std::string_view record) {
  const std::string_view category = field_of(record, 1);
  if (category.empty() || category.front() == 'C' || category.front() == 'Z') return "·";
  std::string text = category.front() == 'M' ? "◌" : "";
  const auto append = [&](std::uint32_t octet) { text += static_cast<char>(octet); };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0 | code_point >> 6);
    append(0x80 | (code_point & 0x3F));
  } else if (code_point < 0x10000) {
    append(0xE0 | code_point >> 12);
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  } else {
    append(0xF0 | code_point >> 18);
    append(0x80 | (code_point >> 12 & 0x3F));
    append(0x80 | (code_point >> 6 & 0x3F));
    append(0x80 | (code_point & 0x3F));
  }
  return text;
}

}  // namespace quartz::cli
