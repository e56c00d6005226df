#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/filter_limits.hpp"
#include "quartz/vector/filter_relation.hpp"
#include "quartz/vector/filter_value.hpp"

namespace quartz {

namespace protocol {
struct FilterExpression;
struct FilterPath;
}  // namespace protocol

/// A condition on points: on the fields of their payload, and on their id. Written as text, or made
/// in C++ of `field()` and `id()`; docs/guide/filters.md describes both and what they mean:
///
///     Filter a = "lang == 'en' and year >= 2020";
///     Filter b = field("lang") == "en" && field("year") >= 2020;   // a == b
///
/// Immutable and cheap to copy. Threads: any number at the same time.
class QUARTZ_EXPORT Filter {
 public:
  /// Every point matches.
  Filter() noexcept = default;
  /// `parse(text)`, for places that take a filter. A mistake in it is kept: what the filter is
  /// given to answers with its error, and so does `validate`.
  // NOLINTBEGIN(google-explicit-constructor)
  Filter(std::string_view text);
  Filter(const std::string& text) : Filter(std::string_view(text)) {}  ///< The same.
  Filter(const char* text) : Filter(std::string_view(text)) {}         ///< The same.
  // NOLINTEND(google-explicit-constructor)

  /// The filter that a text describes.
  /// Errors: `invalid_argument` names the offset and what was expected there, and shows the line;
  /// `too_large` past a limit of quartz/vector/filter_limits.hpp. An empty text is a mistake, so
  /// that a lost condition never selects everything; the text `true` does.
  static Result<Filter> parse(std::string_view text);

  /// Points that match all of `filters`; of none, every point. Faster than `&&` for many.
  static Filter all_of(const std::vector<Filter>& filters);
  /// Points that match one of `filters` or more; of none, no point. Faster than `||` for many.
  static Filter any_of(const std::vector<Filter>& filters);

  /// Points that match both.
  friend Filter operator&&(const Filter& a, const Filter& b) { return all_of({a, b}); }
  /// Points that match one or both.
  friend Filter operator||(const Filter& a, const Filter& b) { return any_of({a, b}); }
  /// Points that do not match.
  friend Filter operator!(const Filter& filter) { return filter.negated(); }

  /// The first mistake that was made in putting the filter together: a limit exceeded, a text that
  /// does not parse, an order asked of null or of a truth value, a number that is none. Filters
  /// from `parse` have none.
  Result<void> validate() const;

  /// Whether a point matches. For a single one: both are read anew each time.
  /// Errors: that of `validate`; `payload` is neither empty nor a payload (see
  /// quartz/vector/payload_limits.hpp).
  Result<bool> matches(std::string_view id, std::string_view payload) const;

  /// The text that `parse` makes an equal filter of, if it is no longer than a text may be. Of one
  /// with a mistake, the mistake in angle brackets.
  std::string to_string() const;

  /// The same conditions in the same order. Parentheses that change nothing do not count.
  friend bool operator==(const Filter& a, const Filter& b) noexcept { return a.equals(b); }

  /// For Quartz's own use.
  explicit Filter(std::shared_ptr<const protocol::FilterExpression> expression) noexcept;
  /// For Quartz's own use.
  const std::shared_ptr<const protocol::FilterExpression>& expression() const noexcept;

 private:
  Filter negated() const;
  bool equals(const Filter& other) const noexcept;

  std::shared_ptr<const protocol::FilterExpression> expression_;  // Null: every point.
};

/// A list of values that `in` takes.
template <class R>
concept FilterValueRange =
    std::ranges::input_range<R> && !std::convertible_to<R, std::string_view> &&
    std::convertible_to<std::ranges::range_reference_t<R>, FilterValue>;

/// What `field()` and `id()` return: something to compare. Each comparison is a `Filter`. Threads:
/// any number at the same time.
class QUARTZ_EXPORT FilterField {
 public:
  /// The field that these names lead to, from the outside in. Without names, the point's id.
  explicit FilterField(std::vector<std::string> names);

  /// `==` is true if the field, or an element of the array that it holds, is equal to the value,
  /// and
  /// `!=` if `==` is not. Order is among numbers, or among texts byte by byte.
  friend Filter operator==(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::equal, value);
  }
  /// Points whose value is another, or that have none.
  friend Filter operator!=(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::not_equal, value);
  }
  /// Points whose value is less.
  friend Filter operator<(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::less, value);
  }
  /// Points whose value is less or equal.
  friend Filter operator<=(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::less_or_equal, value);
  }
  /// Points whose value is greater.
  friend Filter operator>(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::greater, value);
  }
  /// Points whose value is greater or equal.
  friend Filter operator>=(const FilterField& field, const FilterValue& value) {
    return field.compared(FilterRelation::greater_or_equal, value);
  }

  /// Equal to one of `values`: `field("tag").in({"a", "b"})`.
  Filter in(std::initializer_list<FilterValue> values) const {
    return one_of(std::vector<FilterValue>(values));
  }
  /// The same with any range of what a value can be made of: `field("year").in(years)`.
  template <FilterValueRange R>
  Filter in(R&& values) const {
    std::vector<FilterValue> list;
    for (auto&& value : values) list.emplace_back(value);
    return one_of(std::move(list));
  }

  /// A text, or an array with one, that begins with the bytes of `prefix`.
  Filter starts_with(std::string_view prefix) const;

  /// The payload has the field, even if it is null or an empty array. A mistake on the id, which
  /// every point has.
  Filter exists() const;

 private:
  Filter compared(FilterRelation relation, const FilterValue& value) const;
  Filter one_of(std::vector<FilterValue> values) const;

  std::shared_ptr<const protocol::FilterPath> path_;
};

/// A field of the payload: `field("year")`, or within objects `field("author.name")`.
QUARTZ_EXPORT FilterField field(std::string_view path);
/// The same by names of which some contain dots: `field({"com.example", "year"})`.
QUARTZ_EXPORT FilterField field(std::initializer_list<std::string_view> names);
/// The point's id, which is a text: `id().starts_with("doc:")`.
QUARTZ_EXPORT FilterField id();

}  // namespace quartz
