#include "protocol/filter_parser.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "protocol/filter_lexer.hpp"
#include "protocol/text_error.hpp"
#include "quartz/vector/filter_limits.hpp"

namespace quartz::protocol {
namespace {

using Kind = FilterToken::Kind;

constexpr std::string_view kCondition =
    "a condition: a field or id, 'exists', 'not', 'true', 'false' or '('";
constexpr std::string_view kPredicate =
    "a comparison: == != < <= > >= 'in', 'not in' or 'starts_with'";
constexpr std::string_view kValue = "a value: a number, a quoted text, true, false or null";
constexpr std::string_view kIdInBackquotes = "; a field of that name is written `id`";

// By recursive descent: a function for each rule of the grammar, with one token read ahead.
class FilterParser {
 public:
  explicit FilterParser(FilterLexer lexer) : lexer_(lexer) {}

  Result<FilterNode> parse() {
    QUARTZ_TRY(advance());
    if (token_.kind == Kind::end) {
      return error(Errc::invalid_argument, token_,
                   "the filter is empty; 'true' is the one that every point matches");
    }
    QUARTZ_ASSIGN(FilterNode filter, disjunction());
    if (token_.kind != Kind::end) return unexpected("'and', 'or' or the end");
    return filter;
  }

 private:
  Result<void> advance() {
    QUARTZ_ASSIGN(token_, lexer_.next());
    return {};
  }

  Error error(Errc code, const FilterToken& at, std::string_view message) const {
    return text_error(code, "filter", lexer_.text(), at.offset, message);
  }

  Error unexpected(std::string_view expected, std::string_view hint = "") const {
    const std::string found = token_.kind == Kind::end ? "the end" : quoted_excerpt(token_.text);
    return error(Errc::invalid_argument, token_,
                 fmt::format("expected {}, found {}{}", expected, found, hint));
  }

  // What a tree refuses is the fault of the token that it was to be made of.
  Result<FilterNode> checked(FilterNode node, const FilterToken& at) const {
    if (const auto* invalid = std::get_if<InvalidFilter>(&node->form)) {
      std::string_view message = invalid->error.message();
      constexpr std::string_view kPrefix = "filter: ";
      if (message.starts_with(kPrefix)) message.remove_prefix(kPrefix.size());
      return error(invalid->error.code(), at, message);
    }
    return node;
  }

  Result<FilterNode> disjunction() {
    const FilterToken first = token_;
    std::vector<FilterNode> operands(1);
    QUARTZ_ASSIGN(operands.back(), conjunction());
    while (token_.kind == Kind::disjunction) {
      QUARTZ_TRY(advance());
      QUARTZ_ASSIGN(FilterNode operand, conjunction());
      operands.push_back(std::move(operand));
    }
    return checked(make_disjunction(operands), first);
  }

  Result<FilterNode> conjunction() {
    const FilterToken first = token_;
    std::vector<FilterNode> operands(1);
    QUARTZ_ASSIGN(operands.back(), negation());
    while (token_.kind == Kind::conjunction) {
      QUARTZ_TRY(advance());
      QUARTZ_ASSIGN(FilterNode operand, negation());
      operands.push_back(std::move(operand));
    }
    return checked(make_conjunction(operands), first);
  }

  // Everything that recurses comes through here, so that this is where depth is bounded.
  Result<FilterNode> negation() {
    if (token_.kind != Kind::negation && token_.kind != Kind::open) return condition();
    const FilterToken opening = token_;
    if (++depth_ > kFilterDepthMax) {
      return error(Errc::too_large, opening,
                   fmt::format("nested more than {} deep", kFilterDepthMax));
    }
    QUARTZ_TRY(advance());
    FilterNode node;
    if (opening.kind == Kind::negation) {
      QUARTZ_ASSIGN(node, negation());
      node = make_negation(std::move(node));
    } else {
      QUARTZ_ASSIGN(node, disjunction());
      if (token_.kind != Kind::close) return unexpected("'and', 'or' or ')'");
      QUARTZ_TRY(advance());
    }
    --depth_;
    return checked(std::move(node), opening);
  }

  Result<FilterNode> condition() {
    const FilterToken subject = token_;
    if (subject.kind == Kind::exists) return existence();
    if (subject.kind == Kind::value) return constant();
    if (subject.kind != Kind::field && subject.kind != Kind::id) return unexpected(kCondition);
    QUARTZ_TRY(advance());
    switch (token_.kind) {
      case Kind::relation:
        return comparison(subject.path);
      case Kind::in:
        return membership(subject.path);
      case Kind::starts_with:
        return prefix(subject.path);
      case Kind::negation: {
        QUARTZ_TRY(advance());
        if (token_.kind != Kind::in) return unexpected("'in' behind 'not'");
        QUARTZ_ASSIGN(FilterNode node, membership(subject.path));
        return checked(make_negation(std::move(node)), subject);
      }
      default:
        return unexpected(kPredicate, "; a field by itself is no condition, 'field == true' is");
    }
  }

  Result<FilterNode> constant() {
    const FilterToken literal = token_;
    const bool* const truth = std::get_if<bool>(&literal.value.variant());
    if (truth == nullptr) {
      return unexpected(kCondition, "; the field stands in front of what it is compared with");
    }
    QUARTZ_TRY(advance());
    return make_constant(*truth);
  }

  Result<FilterNode> existence() {
    QUARTZ_TRY(advance());
    if (token_.kind != Kind::open) return unexpected("'(' behind 'exists'");
    QUARTZ_TRY(advance());
    const FilterToken field = token_;
    if (field.kind == Kind::id) {
      return error(Errc::invalid_argument, field,
                   fmt::format("every point has an id{}", kIdInBackquotes));
    }
    if (field.kind != Kind::field) return unexpected("a field");
    QUARTZ_TRY(advance());
    if (token_.kind != Kind::close) return unexpected("')'");
    QUARTZ_TRY(advance());
    return make_existence(field.path);
  }

  // A value that `path` may be compared with.
  Result<FilterValue> operand(const FilterPath& path) {
    if (token_.kind != Kind::value) {
      const bool word = token_.kind == Kind::field || token_.kind == Kind::id;
      return unexpected(kValue,
                        word ? "; fields are compared with values only, and text is quoted" : "");
    }
    if (path.is_id() && !token_.value.is_text()) {
      return unexpected("a quoted text, since a point's id is one", kIdInBackquotes);
    }
    FilterValue value = std::move(token_.value);
    QUARTZ_TRY(advance());
    return value;
  }

  Result<FilterNode> comparison(const FilterPath& path) {
    const FilterRelation relation = token_.relation;
    QUARTZ_TRY(advance());
    const FilterToken right = token_;
    QUARTZ_ASSIGN(FilterValue value, operand(path));
    return checked(make_comparison(path, relation, std::move(value)), right);
  }

  Result<FilterNode> prefix(const FilterPath& path) {
    QUARTZ_TRY(advance());
    const std::string* const text = std::get_if<std::string>(&token_.value.variant());
    if (token_.kind != Kind::value || text == nullptr) {
      return unexpected("a quoted text behind 'starts_with'");
    }
    FilterNode node = make_prefix(path, *text);
    QUARTZ_TRY(advance());
    return node;
  }

  Result<FilterNode> membership(const FilterPath& path) {
    QUARTZ_TRY(advance());
    const FilterToken list = token_;
    if (list.kind != Kind::open_list) return unexpected("'[' and the values behind 'in'");
    QUARTZ_TRY(advance());
    std::vector<FilterValue> values;
    while (token_.kind != Kind::close_list) {
      if (!values.empty()) {
        if (token_.kind != Kind::comma) return unexpected("',' or ']'");
        QUARTZ_TRY(advance());
      }
      QUARTZ_ASSIGN(FilterValue value, operand(path));
      values.push_back(std::move(value));
    }
    QUARTZ_TRY(advance());
    return checked(make_membership(path, std::move(values)), list);
  }

  FilterLexer lexer_;
  FilterToken token_;
  std::size_t depth_ = 0;
};

}  // namespace

Result<FilterNode> parse_filter(std::string_view text) {
  QUARTZ_ASSIGN(const FilterLexer lexer, FilterLexer::open(text));
  return FilterParser(lexer).parse();
}

Result<FilterPath> parse_filter_path(std::string_view text) {
  QUARTZ_ASSIGN(FilterLexer lexer, FilterLexer::open(text));
  QUARTZ_ASSIGN(FilterToken field, lexer.next());
  if (field.kind != Kind::field && field.kind != Kind::id) {
    return text_error(Errc::invalid_argument, "field", text, field.offset,
                      "expected the name of a field; others than plain words stand in backquotes");
  }
  QUARTZ_ASSIGN(const FilterToken behind, lexer.next());
  if (behind.kind != Kind::end) {
    return text_error(Errc::invalid_argument, "field", text, behind.offset,
                      "expected the end behind the name of a field");
  }
  return std::move(field.path);
}

}  // namespace quartz::protocol
