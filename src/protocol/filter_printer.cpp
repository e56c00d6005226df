#include "protocol/filter_printer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "protocol/filter_lexer.hpp"

namespace quartz::protocol {
namespace {

// `bytes` between two quotes, so that the lexer gives them back whatever they are.
void append_quoted(std::string& to, std::string_view bytes, char quote) {
  to += quote;
  while (!bytes.empty()) {
    const std::size_t length = utf8_sequence_bytes(bytes);
    const char c = bytes.front();
    if (length > 1) {
      to += bytes.substr(0, length);
      bytes.remove_prefix(length);
      continue;
    }
    if (c == quote || c == '\\') {
      to += '\\';
      to += c;
    } else if (c == '\n') {
      to += "\\n";
    } else if (c == '\t') {
      to += "\\t";
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(to), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      to += c;
    }
    bytes.remove_prefix(1);
  }
  to += quote;
}

// The shortest digits that read back as the same double, and a fraction that shows that it is one.
void append_double(std::string& to, double value) {
  std::array<char, 32> digits;
  const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  const std::string_view text(digits.data(), static_cast<std::size_t>(written.ptr - digits.data()));
  to += text;
  if (std::isfinite(value) && text.find_first_of(".e") == std::string_view::npos) to += ".0";
}

void append_path(std::string& to, const FilterPath& path) {
  if (path.is_id()) to += "id";
  for (const std::string& name : path.names) {
    const bool first = &name == &path.names.front();
    if (!first) to += '.';
    if (is_plain_filter_name(name, first)) {
      to += name;
    } else {
      append_quoted(to, name, '`');
    }
  }
}

void append_value(std::string& to, const FilterValue& value) {
  struct Append {
    std::string& to;
    void operator()(std::monostate) const { to += "null"; }
    void operator()(bool truth) const { to += truth ? "true" : "false"; }
    void operator()(std::int64_t number) const { to += std::to_string(number); }
    void operator()(std::uint64_t number) const { to += std::to_string(number); }
    void operator()(double number) const { append_double(to, number); }
    void operator()(const std::string& text) const { append_quoted(to, text, '\''); }
  };
  std::visit(Append{to}, value.variant());
}

std::string_view symbol_of(FilterRelation relation) noexcept {
  constexpr std::array<std::string_view, 6> kRelationSymbols = {" == ", " != ", " < ",
                                                                " <= ", " > ",  " >= "};
  return kRelationSymbols[static_cast<std::size_t>(relation)];
}

// From the loosest to the tightest; what is looser than its place needs parentheses.
enum class Binding { disjunction, conjunction, negation };

void append(std::string& to, const FilterExpression& expression, Binding place);

struct AppendForm {
  std::string& to;
  Binding place;

  void operator()(const ConstantFilter& filter) const { to += filter.value ? "true" : "false"; }
  void operator()(const ComparisonFilter& filter) const {
    append_path(to, filter.path);
    to += symbol_of(filter.relation);
    append_value(to, filter.value);
  }
  void operator()(const MembershipFilter& filter) const {
    append_path(to, filter.path);
    to += " in [";
    for (const FilterValue& value : filter.values) {
      if (&value != &filter.values.front()) to += ", ";
      append_value(to, value);
    }
    to += ']';
  }
  void operator()(const ExistenceFilter& filter) const {
    to += "exists(";
    append_path(to, filter.path);
    to += ')';
  }
  void operator()(const PrefixFilter& filter) const {
    append_path(to, filter.path);
    to += " starts_with ";
    append_quoted(to, filter.prefix, '\'');
  }
  void operator()(const ConjunctionFilter& filter) const {
    append_operands(filter.operands, " and ", Binding::conjunction);
  }
  void operator()(const DisjunctionFilter& filter) const {
    append_operands(filter.operands, " or ", Binding::disjunction);
  }
  void operator()(const NegationFilter& filter) const {
    to += "not ";
    append(to, *filter.operand, Binding::negation);
  }
  void operator()(const InvalidFilter& filter) const {
    to += '<';
    to += filter.error.message();
    to += '>';
  }

  void append_operands(const std::vector<FilterNode>& operands, std::string_view word,
                       Binding binding) const {
    const bool parentheses = binding < place;
    if (parentheses) to += '(';
    for (const FilterNode& operand : operands) {
      if (&operand != &operands.front()) to += word;
      append(to, *operand, binding);
    }
    if (parentheses) to += ')';
  }
};

void append(std::string& to, const FilterExpression& expression, Binding place) {
  std::visit(AppendForm{to, place}, expression.form);
}

}  // namespace

std::string print_filter(const FilterExpression& expression) {
  std::string text;
  append(text, expression, Binding::disjunction);
  return text;
}

std::string print_filter_value(const FilterValue& value) {
  std::string text;
  append_value(text, value);
  return text;
}

std::string print_filter_path(const FilterPath& path) {
  std::string text;
  append_path(text, path);
  return text;
}

}  // namespace quartz::protocol
