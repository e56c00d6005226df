#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/filter_expression.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/filter_value.hpp"

namespace quartz::protocol {

/// One word of a filter's text.
struct FilterToken {
  enum class Kind : std::uint8_t {
    end,
    field,     // A dotted path; `path` has its names.
    id,        // The word `id`.
    value,     // A literal; `value` has it.
    relation,  // One of the six; `relation` has it.
    conjunction,
    disjunction,
    negation,
    in,
    exists,
    starts_with,
    open,   // (
    close,  // )
    open_list,
    close_list,
    comma,
  };

  Kind kind = Kind::end;
  std::size_t offset = 0;
  std::string_view text;  // As it stands in the filter.
  FilterPath path;
  FilterValue value = nullptr;
  FilterRelation relation = FilterRelation::equal;
};

/// Whether a name can stand in a path as it is: letters, digits, `_`, `-` and everything past
/// ASCII. The first name of a path may neither begin with a digit or `-` nor be a word of the
/// language. Every other name is written between backquotes.
bool is_plain_filter_name(std::string_view name, bool first) noexcept;

/// Cuts the text of a filter into tokens, from front to back. The text must outlive the tokens.
class FilterLexer {
 public:
  /// Errors: the text is too long, or no UTF-8.
  static Result<FilterLexer> open(std::string_view text);

  /// The next token; at the end, the token `end` as often as it is asked for.
  /// Errors: `invalid_argument` with the place, for what begins no token or ends too early.
  Result<FilterToken> next();

  std::string_view text() const noexcept { return text_; }

 private:
  explicit FilterLexer(std::string_view text) noexcept : text_(text) {}

  char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Error error(std::size_t offset, std::string_view message) const;
  Result<void> read_symbol(FilterToken& token);
  Result<void> read_word(FilterToken& token);
  Result<void> read_number(FilterToken& token);
  Result<std::string> read_name(bool first);
  /// A text in quotes or a name in backquotes, whichever begins here.
  Result<std::string> read_quoted();
  Result<void> read_escape(std::string& to);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace quartz::protocol
