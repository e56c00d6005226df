#include "cli/shell/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.hpp"
#include "cli/text_encoding.hpp"

namespace quartz::cli {
namespace {

struct Escape {
  char letter;
  char byte;
};
constexpr std::array<Escape, 5> kEscapes = {
    {{'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'a', '\a'}}};

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

void skip_blanks(std::string_view& line) {
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
}

// The byte that the letters behind a backslash stand for, which are taken away.
char take_escape(std::string_view& line) {
  if (line.front() == 'x' && line.size() > 2) {
    if (const auto byte = from_hex(line.substr(1, 2))) {
      line.remove_prefix(3);
      return byte->front();
    }
  }
  const char letter = line.front();
  line.remove_prefix(1);
  const auto* const known = std::ranges::find(kEscapes, letter, &Escape::letter);
  return known == kEscapes.end() ? letter : known->byte;
}

// What stands between quotes, of which the first was taken already. False if the second is missing.
bool take_quoted(std::string_view& line, char quote, std::string& word) {
  while (!line.empty()) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c == quote) return true;
    const bool escapes = c == '\\' && !line.empty() && (quote == '"' || line.front() == quote);
    if (escapes) {
      word += take_escape(line);
    } else {
      word += c;
    }
  }
  return false;
}

Error wrong_quotes(std::string_view why) {
  return {Errc::invalid_argument, "unbalanced quotes: " + std::string(why)};
}

Result<std::string> take_word(std::string_view& line) {
  std::string word;
  while (!line.empty() && !is_blank(line.front())) {
    const char c = line.front();
    line.remove_prefix(1);
    if (c != '"' && c != '\'') {
      word += c;
      continue;
    }
    if (!take_quoted(line, c, word)) {
      return wrong_quotes(std::string("a closing ") + c + " is missing");
    }
    if (!line.empty() && !is_blank(line.front())) {
      return wrong_quotes(std::string("a space is missing behind a closing ") + c);
    }
  }
  return word;
}

}  // namespace

Result<std::vector<std::string>> split_words(std::string_view line) {
  std::vector<std::string> words;
  for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
    auto word = take_word(line);
    if (!word) return std::move(word).error();
    words.push_back(*std::move(word));
  }
  return words;
}

std::vector<std::string> rough_words(std::string_view line) {
  std::vector<std::string> words;
  for (skip_blanks(line); !line.empty(); skip_blanks(line)) {
    const auto end = static_cast<std::size_t>(std::ranges::find_if(line, is_blank) - line.begin());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::string in_quotes(std::string_view bytes) {
  std::string text = "\"";
  while (!bytes.empty()) {
    const char c = bytes.front();
    const std::size_t length = utf8_sequence_bytes(bytes);
    const auto* const known = std::ranges::find(kEscapes, c, &Escape::byte);
    if (c == '"' || c == '\\') {
      text += {'\\', c};
    } else if (known != kEscapes.end()) {
      text += {'\\', known->letter};
    } else if (length == 0 || static_cast<unsigned char>(c) < ' ' || c == '\x7F') {
      text += "\\x" + to_hex(bytes.substr(0, 1));
    } else {
      text += bytes.substr(0, length);
      bytes.remove_prefix(length - 1);
    }
    bytes.remove_prefix(1);
  }
  return text + '"';
}

}  // namespace quartz::cli
