#include "protocol/filter_lexer.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "base/utf8.hpp"
#include "protocol/number.hpp"
#include "protocol/text_error.hpp"
#include "protocol/unicode_escape.hpp"
#include "quartz/vector/filter_limits.hpp"

namespace quartz::protocol {
namespace {

using Kind = FilterToken::Kind;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool begins_name(char c) noexcept {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool continues_name(char c) noexcept { return begins_name(c) || is_digit(c) || c == '-'; }

struct Word {
  std::string_view text;
  Kind kind;
  FilterValue::Variant value = {};
};
const std::array<Word, 10>& words() {
  static const std::array<Word, 10> all = {{{"and", Kind::conjunction},
                                            {"or", Kind::disjunction},
                                            {"not", Kind::negation},
                                            {"in", Kind::in},
                                            {"exists", Kind::exists},
                                            {"starts_with", Kind::starts_with},
                                            {"id", Kind::id},
                                            {"true", Kind::value, true},
                                            {"false", Kind::value, false},
                                            {"null", Kind::value}}};
  return all;
}

const Word* word_of(std::string_view text) noexcept {
  const auto word = std::ranges::find(words(), text, &Word::text);
  return word == words().end() ? nullptr : &*word;
}

struct Symbol {
  std::string_view text;
  Kind kind;
  FilterRelation relation = FilterRelation::equal;
};
// A symbol stands behind those that begin with it.
constexpr std::array<Symbol, 14> kSymbols = {{
    {"==", Kind::relation, FilterRelation::equal},
    {"!=", Kind::relation, FilterRelation::not_equal},
    {"<=", Kind::relation, FilterRelation::less_or_equal},
    {">=", Kind::relation, FilterRelation::greater_or_equal},
    {"<", Kind::relation, FilterRelation::less},
    {">", Kind::relation, FilterRelation::greater},
    {"&&", Kind::conjunction},
    {"||", Kind::disjunction},
    {"!", Kind::negation},
    {"(", Kind::open},
    {")", Kind::close},
    {"[", Kind::open_list},
    {"]", Kind::close_list},
    {",", Kind::comma},
}};

// What somebody who writes another language may have meant.
std::string_view hint_for(std::string_view rest) noexcept {
  if (rest.starts_with("=")) return "; equality is written '=='";
  if (rest.starts_with("&")) return "; a conjunction is written 'and' or '&&'";
  if (rest.starts_with("|")) return "; a disjunction is written 'or' or '||'";
  if (rest.starts_with("+")) return "; a number has no '+' in front";
  if (rest.starts_with(".")) return "; a number begins with a digit, a field with a name";
  return "";
}

// The byte that a one-letter escape stands for; nothing for no such letter.
std::optional<char> simple_escape(char letter) noexcept {
  constexpr std::string_view kLetters = "ntrbf0\\'\"`/";
  constexpr std::string_view kBytes("\n\t\r\b\f\0\\'\"`/", kLetters.size());
  const auto at = kLetters.find(letter);
  if (at == std::string_view::npos) return std::nullopt;
  return kBytes[at];
}

}  // namespace

bool is_plain_filter_name(std::string_view name, bool first) noexcept {
  if (name.empty() || !std::ranges::all_of(name, continues_name) || !is_utf8(name)) return false;
  return !first || (begins_name(name.front()) && word_of(name) == nullptr);
}

Result<FilterLexer> FilterLexer::open(std::string_view text) {
  if (text.size() > kFilterTextBytesMax) {
    return Error{Errc::too_large, fmt::format("filter: the text has {} bytes, and at most {} are "
                                              "allowed",
                                              text.size(), kFilterTextBytesMax)};
  }
  const FilterLexer lexer(text);
  const std::size_t good = utf8_prefix_bytes(text);
  if (good != text.size()) return lexer.error(good, "the text is not UTF-8");
  return lexer;
}

Error FilterLexer::error(std::size_t offset, std::string_view message) const {
  return text_error(Errc::invalid_argument, "filter", text_, offset, message);
}

Result<FilterToken> FilterLexer::next() {
  while (is_space(peek())) ++at_;
  FilterToken token;
  token.offset = at_;
  const char c = peek();
  if (at_ == text_.size()) {
    token.kind = Kind::end;
  } else if (begins_name(c) || c == '`') {
    QUARTZ_TRY(read_word(token));
  } else if (is_digit(c) || c == '-') {
    QUARTZ_TRY(read_number(token));
  } else if (c == '\'' || c == '"') {
    token.kind = Kind::value;
    QUARTZ_ASSIGN(token.value, read_quoted());
  } else {
    QUARTZ_TRY(read_symbol(token));
  }
  token.text = text_.substr(token.offset, at_ - token.offset);
  return token;
}

Result<void> FilterLexer::read_symbol(FilterToken& token) {
  const std::string_view rest = text_.substr(at_);
  if (rest.starts_with("<>"))
    return error(at_, "'<>' is no comparison; inequality is written '!='");
  for (const Symbol& symbol : kSymbols) {
    if (!rest.starts_with(symbol.text)) continue;
    token.kind = symbol.kind;
    token.relation = symbol.relation;
    at_ += symbol.text.size();
    return {};
  }
  return error(at_,
               fmt::format("unexpected {}{}", quoted_excerpt(rest.substr(0, 1)), hint_for(rest)));
}

Result<void> FilterLexer::read_word(FilterToken& token) {
  const bool quoted = peek() == '`';
  QUARTZ_ASSIGN(std::string name, read_name(true));
  // A word of the language with something behind a dot can only be a path.
  const Word* const word = quoted || peek() == '.' ? nullptr : word_of(name);
  if (word != nullptr) {
    token.kind = word->kind;
    if (const bool* truth = std::get_if<bool>(&word->value)) token.value = *truth;
    return {};
  }
  token.kind = Kind::field;
  token.path.names.push_back(std::move(name));
  while (peek() == '.') {
    ++at_;
    QUARTZ_ASSIGN(name, read_name(false));
    token.path.names.push_back(std::move(name));
  }
  return {};
}

Result<std::string> FilterLexer::read_name(bool first) {
  if (peek() == '`') return read_quoted();
  const std::size_t begin = at_;
  while (continues_name(peek())) ++at_;
  if (at_ == begin) {
    return error(begin, fmt::format("expected a name {}; names of other characters than letters, "
                                    "digits, '_' and '-' are written in backquotes",
                                    first ? "here" : "behind the dot"));
  }
  return std::string(text_.substr(begin, at_ - begin));
}

Result<void> FilterLexer::read_number(FilterToken& token) {
  const std::string_view rest = text_.substr(at_);
  const std::size_t length = number_bytes(rest);
  if (length == 0) return error(at_ + 1, "expected a digit behind '-'");
  const std::string_view number = rest.substr(0, length);
  const char behind = peek(length);
  if (is_digit(behind)) return error(at_, "a number of several digits does not begin with 0");
  if (behind == '.') return error(at_ + length, "expected digits behind the point of a number");
  if (begins_name(behind)) return error(at_ + length, "expected the end of the number");
  const auto value = parse_number(number);
  if (!value) return error(at_, "the number is too large for a double");
  if (is_integer_text(number) && std::holds_alternative<double>(*value)) {
    return error(at_, "the integer has more than 64 bits; with '.0' at its end it is a double");
  }
  token.kind = Kind::value;
  token.value = std::visit([](auto held) { return FilterValue(held); }, *value);
  at_ += length;
  return {};
}

Result<std::string> FilterLexer::read_quoted() {
  const std::size_t begin = at_;
  const char quote = text_[at_++];
  std::string content;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == quote) {
      ++at_;
      return content;
    }
    if (c == '\\') {
      QUARTZ_TRY(read_escape(content));
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      return error(at_, fmt::format("a control character between {0} and {0} is written as an "
                                    "escape, \\n or \\x00",
                                    quote));
    } else {
      content += c;
      ++at_;
    }
  }
  return error(begin, fmt::format("the {} is never closed", quote));
}

Result<void> FilterLexer::read_escape(std::string& to) {
  const std::size_t begin = at_;
  const char letter = peek(1);
  at_ += 2;
  if (letter == 'u') {
    if (const auto code_point = read_unicode_escape(text_, at_)) {
      append_utf8(to, *code_point);
      return {};
    }
    return error(begin,
                 "expected \\u and four hexadecimal digits, twice for what needs a surrogate");
  }
  if (letter == 'x') {
    const int high = hex_digit_value(peek());
    const int low = hex_digit_value(peek(1));
    if (high < 0 || low < 0) return error(begin, "expected \\x and two hexadecimal digits");
    to += static_cast<char>(high * 16 + low);
    at_ += 2;
    return {};
  }
  const auto byte = begin + 1 < text_.size() ? simple_escape(letter) : std::nullopt;
  if (!byte) {
    return error(begin,
                 "unknown escape; they are \\n \\t \\r \\b \\f \\0 \\\\ \\' \\\" \\` \\/ \\xNN "
                 "\\uNNNN");
  }
  to += *byte;
  return {};
}

}  // namespace quartz::protocol
