#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "quartz/export.hpp"

namespace quartz {

/// What a `Reply` is.
enum class ReplyKind : std::uint8_t {
  null,     ///< There is nothing.
  string,   ///< Bytes, or a word such as "OK".
  error,    ///< What the server said of a command that failed.
  integer,  ///< A whole number.
  real,     ///< A number with a fraction, also infinite or none.
  boolean,  ///< True or false.
  array,    ///< Replies in an order.
  set,      ///< Replies in no order.
  map,      ///< Replies two by two: a key, and what belongs to it.
};

/// The answer to a command that the library has no type for. Owns all that it tells. A plain value;
/// copies are independent.
class Reply {
 public:
  /// Null.
  Reply() = default;

  /// A string.
  static Reply of_string(std::string text) { return Reply(ReplyKind::string, std::move(text)); }
  /// An error, code and text.
  static Reply of_error(std::string text) { return Reply(ReplyKind::error, std::move(text)); }
  /// A number without a fraction.
  static Reply of_integer(std::int64_t number) { return Reply(ReplyKind::integer, number); }
  /// A number with one.
  static Reply of_real(double number) { return Reply(ReplyKind::real, number); }
  /// True or false.
  static Reply of_boolean(bool truth) { return Reply(ReplyKind::boolean, truth); }
  /// `kind`: array, set or map; a map's keys and values follow each other.
  static Reply of_elements(ReplyKind kind, std::vector<Reply> elements) {
    return Reply(kind, std::move(elements));
  }

  /// Which of the accessors below has something.
  ReplyKind kind() const noexcept { return kind_; }
  /// Whether the server has answered that there is nothing.
  bool is_null() const noexcept { return kind_ == ReplyKind::null; }
  /// Whether the command was refused.
  bool is_error() const noexcept { return kind_ == ReplyKind::error; }

  /// Of a string or an error; nothing of all else. Lives as long as the reply.
  std::optional<std::string_view> text() const noexcept {
    const auto* const text = std::get_if<std::string>(&value_);
    return text == nullptr ? std::nullopt : std::optional<std::string_view>(*text);
  }
  /// Of an integer; nothing of all else.
  std::optional<std::int64_t> integer() const noexcept { return get<std::int64_t>(); }
  /// Of a real number; nothing of all else.
  std::optional<double> real() const noexcept { return get<double>(); }
  /// Of a boolean; nothing of all else.
  std::optional<bool> boolean() const noexcept { return get<bool>(); }
  /// Of an array, a set or a map; none of all else.
  std::span<const Reply> elements() const noexcept {
    const auto* const elements = std::get_if<std::vector<Reply>>(&value_);
    return elements == nullptr ? std::span<const Reply>() : std::span<const Reply>(*elements);
  }

  bool operator==(const Reply&) const = default;  ///< The same kind with the same content.

  /// For people: `["a", 1, null]`.
  QUARTZ_EXPORT std::string to_string() const;

 private:
  template <class Value>
  Reply(ReplyKind kind, Value value) : kind_(kind), value_(std::move(value)) {}

  template <class Value>
  std::optional<Value> get() const noexcept {
    const auto* const value = std::get_if<Value>(&value_);
    return value == nullptr ? std::nullopt : std::optional<Value>(*value);
  }

  ReplyKind kind_ = ReplyKind::null;
  std::variant<std::monostate, std::string, std::int64_t, double, bool, std::vector<Reply>> value_;
};

}  // namespace quartz
