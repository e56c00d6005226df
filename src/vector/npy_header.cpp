#include "vector/npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::vector {
namespace {

struct Description {
  std::string_view text;
  ElementType element;
};
constexpr std::array<Description, 5> kDescriptions = {{{"<f4", ElementType::float32},
                                                       {"<f8", ElementType::float64},
                                                       {"|u1", ElementType::uint8},
                                                       {"|i1", ElementType::int8},
                                                       {"<i4", ElementType::int32}}};
constexpr std::string_view kKnownDescriptions = "<f4, <f8, |u1, |i1 and <i4";

struct Shape {
  std::array<std::uint64_t, 2> extents = {};  // The first two.
  std::size_t axes = 0;
  std::size_t offset = 0;
};

/// Reads the literal from front to back, once.
class HeaderParser {
 public:
  HeaderParser(const io::Path& path, std::uint64_t text_offset, std::string_view text)
      : path_(path), text_offset_(text_offset), text_(text) {}

  Result<NpyHeader> parse();

 private:
  Result<void> parse_entry();
  Result<ElementType> parse_element();
  Result<void> parse_order();
  Result<Shape> parse_shape();
  Result<std::uint64_t> parse_number();
  Result<std::string_view> parse_quoted();
  void skip_spaces();
  /// Whether `token` comes next, behind any spaces; it is passed then.
  bool accept(std::string_view token);
  Result<void> expect(std::string_view token);

  Error malformed(std::string_view expected) const;
  Error unsupported(std::string_view what) const;

  const io::Path& path_;
  std::uint64_t text_offset_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<ElementType> element_;
  std::optional<Shape> shape_;
  bool order_known_ = false;
};

Result<NpyHeader> HeaderParser::parse() {
  QUARTZ_TRY(expect("{"));
  while (!accept("}")) {
    QUARTZ_TRY(parse_entry());
    if (accept("}")) break;
    QUARTZ_TRY(expect(","));
  }
  skip_spaces();
  if (at_ != text_.size()) return malformed("the end");
  for (const auto& [key, known] :
       {std::pair{"descr", element_.has_value()}, std::pair{"fortran_order", order_known_},
        std::pair{"shape", shape_.has_value()}}) {
    if (!known) return malformed(fmt::format("the key '{}' before this", key));
  }
  if (shape_->axes != 1 && shape_->axes != 2) {
    return unsupported(fmt::format("an array of {} axes; those of 1 and 2 are read", shape_->axes));
  }
  const bool one_row = shape_->axes == 1;
  return NpyHeader{.element = *element_,
                   .count = one_row ? 1 : shape_->extents[0],
                   .dimensions = one_row ? shape_->extents[0] : shape_->extents[1],
                   .shape_offset = text_offset_ + shape_->offset};
}

Result<void> HeaderParser::parse_entry() {
  const std::size_t key_at = at_;
  QUARTZ_ASSIGN(const std::string_view key, parse_quoted());
  QUARTZ_TRY(expect(":"));
  if (key == "descr" && !element_) {
    QUARTZ_ASSIGN(element_, parse_element());
  } else if (key == "fortran_order" && !order_known_) {
    QUARTZ_TRY(parse_order());
    order_known_ = true;
  } else if (key == "shape" && !shape_) {
    QUARTZ_ASSIGN(shape_, parse_shape());
  } else {
    at_ = key_at;
    return malformed("the keys 'descr', 'fortran_order' and 'shape', once each");
  }
  return {};
}

Result<ElementType> HeaderParser::parse_element() {
  // NumPy describes records with fields by a list.
  if (accept("[")) return unsupported("an array of records");
  QUARTZ_ASSIGN(const std::string_view text, parse_quoted());
  const auto found = std::ranges::find(kDescriptions, text, &Description::text);
  if (found != kDescriptions.end()) return found->element;
  if (text.starts_with('>')) {
    return unsupported(fmt::format("elements of the type '{}', which is big endian", text));
  }
  return unsupported(fmt::format("elements of the type '{}'; those that are read are {}", text,
                                 kKnownDescriptions));
}

Result<void> HeaderParser::parse_order() {
  if (accept("False")) return {};
  if (!accept("True")) return malformed("True or False");
  return unsupported("an array in Fortran's order; numpy.ascontiguousarray puts it into C's order");
}

Result<Shape> HeaderParser::parse_shape() {
  Shape shape;
  QUARTZ_TRY(expect("("));
  shape.offset = at_;
  bool comma = true;  // Between the numbers; without one behind it, a single number is no tuple.
  while (!accept(")")) {
    if (!comma) return malformed("',' or ')'");
    QUARTZ_ASSIGN(const std::uint64_t extent, parse_number());
    if (shape.axes < shape.extents.size()) shape.extents[shape.axes] = extent;
    ++shape.axes;
    comma = accept(",");
  }
  if (shape.axes == 1 && !comma) return malformed("',' in a tuple of one number");
  return shape;
}

Result<std::uint64_t> HeaderParser::parse_number() {
  skip_spaces();
  std::uint64_t number = 0;
  const char* const end = text_.data() + text_.size();
  const auto [stop, failure] = std::from_chars(text_.data() + at_, end, number);
  if (failure != std::errc{}) return malformed("a number below 2^64");
  at_ = static_cast<std::size_t>(stop - text_.data());
  (void)accept("L");  // Of a long integer, by Python 2.
  return number;
}

Result<std::string_view> HeaderParser::parse_quoted() {
  const std::string_view quote = accept("'") ? "'" : "\"";
  if (quote == "\"" && !accept(quote)) return malformed("a string");
  const std::size_t end = text_.find(quote, at_);
  if (end == std::string_view::npos) return malformed("a string that ends");
  const std::string_view content = text_.substr(at_, end - at_);
  at_ = end + 1;
  return content;
}

void HeaderParser::skip_spaces() {
  at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size());
}

bool HeaderParser::accept(std::string_view token) {
  skip_spaces();
  if (!text_.substr(at_).starts_with(token)) return false;
  at_ += token.size();
  return true;
}

Result<void> HeaderParser::expect(std::string_view token) {
  if (accept(token)) return {};
  return malformed(fmt::format("'{}'", token));
}

Error HeaderParser::malformed(std::string_view expected) const {
  return Error(Errc::corruption, fmt::format("{}: the header at offset {} should have {}",
                                             path_.string(), text_offset_ + at_, expected));
}

Error HeaderParser::unsupported(std::string_view what) const {
  return Error(Errc::unsupported, fmt::format("{}: holds {}", path_.string(), what));
}

}  // namespace

Result<NpyHeader> parse_npy_header(const io::Path& path, std::uint64_t text_offset,
                                   std::string_view text) {
  return HeaderParser(path, text_offset, text).parse();
}

std::string format_npy_header(ElementType element, std::uint64_t count, std::size_t dimensions) {
  const auto description = std::ranges::find(kDescriptions, element, &Description::element);
  return fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}",
                     description->text, count, dimensions);
}

}  // namespace quartz::vector
