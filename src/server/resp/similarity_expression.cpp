#include "server/resp/similarity_expression.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "quartz/vector/filter_limits.hpp"

namespace quartz::server {
namespace {

using Expression = SimilarityExpression;
using Operator = Expression::Operator;
using Tree = std::unique_ptr<Expression>;

constexpr std::size_t kShownBytesMax = 40;
/// Whoever walks through the tree recurses so deep at most.
constexpr std::size_t kOperatorsMax = 1024;

bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
// Letters past ASCII are bytes of UTF-8 here.
bool is_name(char c) noexcept {
  return is_letter(c) || is_digit(c) || c == '_' || c == '-' || static_cast<signed char>(c) < 0;
}

/// An operator between two operands. Those that begin like others come first.
struct Infix {
  std::string_view text;
  Operator operation;
  int binding;
};
constexpr std::array kInfixes = {
    Infix{"||", Operator::logical_or, 0},
    Infix{"or", Operator::logical_or, 0},
    Infix{"&&", Operator::logical_and, 1},
    Infix{"and", Operator::logical_and, 1},
    Infix{"==", Operator::equal, 2},
    Infix{"!=", Operator::not_equal, 2},
    Infix{"<=", Operator::less_or_equal, 2},
    Infix{"<", Operator::less, 2},
    Infix{">=", Operator::greater_or_equal, 2},
    Infix{">", Operator::greater, 2},
    Infix{"in", Operator::in, 2},
    Infix{"+", Operator::add, 3},
    Infix{"-", Operator::subtract, 3},
    Infix{"**", Operator::power, 5},
    Infix{"*", Operator::multiply, 4},
    Infix{"/", Operator::divide, 4},
    Infix{"%", Operator::modulo, 4},
};

Tree operation_of(Operator operation, Tree left, Tree right = nullptr) {
  auto tree = std::make_unique<Expression>();
  tree->kind = Expression::Kind::operation;
  tree->operation = operation;
  tree->operands.push_back(std::move(left));
  if (right) tree->operands.push_back(std::move(right));
  return tree;
}

Tree value_of(FilterValue value) {
  auto tree = std::make_unique<Expression>();
  tree->value = std::move(value);
  return tree;
}

/// Reads from the left to the right, and recurses at parentheses and operators.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : rest_(text) {}

  Result<Tree> read() {
    QUARTZ_ASSIGN(Tree tree, read_operation(0));
    skip_spaces();
    if (!rest_.empty()) return mistake();
    return tree;
  }

 private:
  /// Counts how deep it is while it lives.
  class Depth {
   public:
    explicit Depth(std::size_t& depth) noexcept : depth_(depth) { ++depth_; }
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    std::size_t& depth_;
  };

  Error mistake() const {
    return {Errc::invalid_argument, fmt::format("syntax error in FILTER expression near: {}",
                                                rest_.substr(0, kShownBytesMax))};
  }
  void skip_spaces() noexcept {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  bool begins_with(std::string_view word) const noexcept {
    if (!rest_.starts_with(word)) return false;
    // A word of letters ends where its letters do.
    return !is_letter(word.back()) || rest_.size() == word.size() || !is_name(rest_[word.size()]);
  }
  bool take(std::string_view word) noexcept {
    skip_spaces();
    if (!begins_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  const Infix* next_infix() noexcept {
    skip_spaces();
    for (const Infix& infix : kInfixes) {
      if (begins_with(infix.text)) return &infix;
    }
    return nullptr;
  }

  Result<Tree> read_operation(int binding_min) {
    const Depth depth(depth_);
    if (depth_ > kFilterDepthMax) {
      return Error(Errc::too_large,
                   fmt::format("a FILTER expression is nested more than {} deep", kFilterDepthMax));
    }
    QUARTZ_ASSIGN(Tree left, read_operand());
    for (const Infix* infix = next_infix(); infix != nullptr && infix->binding >= binding_min;
         infix = next_infix()) {
      rest_.remove_prefix(infix->text.size());
      QUARTZ_ASSIGN(Tree right, read_operation(infix->binding + 1));
      left = operation_of(infix->operation, std::move(left), std::move(right));
      if (++operators_ > kOperatorsMax) {
        return Error(Errc::too_large,
                     fmt::format("a FILTER expression has more than {} operators", kOperatorsMax));
      }
    }
    return left;
  }

  Result<Tree> read_operand() {
    const Depth depth(depth_);
    if (depth_ > 2 * kFilterDepthMax) {
      return Error(Errc::too_large, "a FILTER expression is nested too deep");
    }
    skip_spaces();
    if (rest_.empty()) return mistake();
    if (rest_.front() == '.') return read_attribute_or_number();
    if (is_digit(rest_.front())) return read_number();
    if (rest_.front() == '"' || rest_.front() == '\'') return read_text();
    if (rest_.front() == '[') return read_list();
    if (take("(")) {
      QUARTZ_ASSIGN(Tree inside, read_operation(0));
      if (!take(")")) return mistake();
      return inside;
    }
    if (take("not") || take("!")) return read_prefixed(Operator::logical_not);
    if (take("-")) return read_prefixed(Operator::negate);
    if (take("true")) return value_of(1);
    if (take("false")) return value_of(0);
    if (take("null")) return value_of(nullptr);
    return mistake();
  }
  Result<Tree> read_prefixed(Operator operation) {
    QUARTZ_ASSIGN(Tree operand, read_operand());
    return operation_of(operation, std::move(operand));
  }

  Result<Tree> read_attribute_or_number() {
    if (rest_.size() > 1 && is_digit(rest_[1])) return read_number();
    std::size_t end = 1;
    while (end < rest_.size() && is_name(rest_[end])) ++end;
    if (end == 1) return mistake();
    auto tree = std::make_unique<Expression>();
    tree->kind = Expression::Kind::attribute;
    tree->attribute = rest_.substr(1, end - 1);
    rest_.remove_prefix(end);
    return tree;
  }

  Result<Tree> read_number() {
    double real = 0;
    const char* const begin = rest_.data();
    const auto [end, failure] = std::from_chars(begin, begin + rest_.size(), real);
    if (failure != std::errc() || !std::isfinite(real)) return mistake();
    std::int64_t integer = 0;
    const auto [integer_end, no_integer] = std::from_chars(begin, end, integer);
    const bool whole = no_integer == std::errc() && integer_end == end;
    rest_.remove_prefix(static_cast<std::size_t>(end - begin));
    return value_of(whole ? FilterValue(integer) : FilterValue(real));
  }

  // A backslash stands before what is meant as it is.
  Result<Tree> read_text() {
    const std::string_view whole = rest_;
    const char quote = rest_.front();
    std::string text;
    for (rest_.remove_prefix(1); !rest_.empty() && rest_.front() != quote; rest_.remove_prefix(1)) {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      text += rest_.front();
    }
    if (rest_.empty()) {
      rest_ = whole;
      return mistake();
    }
    rest_.remove_prefix(1);
    return value_of(std::move(text));
  }

  Result<Tree> read_list() {
    rest_.remove_prefix(1);
    auto tree = std::make_unique<Expression>();
    tree->kind = Expression::Kind::list;
    if (take("]")) return tree;
    do {
      const bool negative = take("-");
      QUARTZ_ASSIGN(const Tree element, read_operand());
      if (element->kind != Expression::Kind::value) return mistake();
      QUARTZ_ASSIGN(FilterValue value, signed_value(element->value, negative));
      tree->values.push_back(std::move(value));
      if (tree->values.size() > kFilterListValuesMax) {
        return Error(Errc::too_large, "a list of a FILTER expression is too long");
      }
    } while (take(","));
    if (!take("]")) return mistake();
    return tree;
  }
  Result<FilterValue> signed_value(const FilterValue& value, bool negative) const {
    if (!negative) return value;
    if (const auto* const integer = std::get_if<std::int64_t>(&value.variant())) {
      return FilterValue(-*integer);
    }
    if (const auto* const real = std::get_if<double>(&value.variant())) return FilterValue(-*real);
    return mistake();
  }

  std::string_view rest_;
  std::size_t depth_ = 0;
  std::size_t operators_ = 0;
};

}  // namespace

Result<std::unique_ptr<SimilarityExpression>> read_similarity_expression(std::string_view text) {
  if (text.size() > kFilterTextBytesMax) {
    return Error(Errc::too_large, fmt::format("a FILTER expression has {} bytes; at most {} are "
                                              "allowed",
                                              text.size(), kFilterTextBytesMax));
  }
  return Reader(text).read();
}

}  // namespace quartz::server
