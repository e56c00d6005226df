#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "quartz/error.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// Ends the process with `error` on standard error; behind `Result::value()`.
[[noreturn]] QUARTZ_EXPORT void abort_on_error(const Error& error) noexcept;

/// A value or the `Error` that prevented it. A subset of C++23's `std::expected<T, Error>`, with
/// one difference: `value()` on an error prints the error and aborts, since no exception crosses
/// Quartz's interface. Check first (`if (!result)`) wherever the failure can be handled.
/// Cannot be dropped silently. Threads: as safe as `T`.
template <class T>
class [[nodiscard("a dropped Result hides a failure")]] Result {
 public:
  using value_type = T;      ///< What it holds on success.
  using error_type = Error;  ///< What it holds on failure.

  /// Success, with anything that makes a `T`.
  template <class U = T>
    requires(std::is_constructible_v<T, U &&> && !std::is_same_v<std::remove_cvref_t<U>, Result> &&
             !std::is_same_v<std::remove_cvref_t<U>, Error>)
  Result(U&& value)  // NOLINT(google-explicit-constructor): `return value;` must read naturally.
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  /// Failure.
  Result(Error error)  // NOLINT(google-explicit-constructor): as above, for `return error;`.
      : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }  ///< Whether it is a success.
  explicit operator bool() const noexcept { return has_value(); }  ///< Whether it is a success.

  /// The value; prints the error and aborts if there is none.
  T& value() & { return checked(), *std::get_if<0>(&state_); }
  /// The value; prints the error and aborts if there is none.
  const T& value() const& { return checked(), *std::get_if<0>(&state_); }
  /// Moved out, so that `for (x : f().value())` goes through something that is still there.
  T value() && { return checked(), std::move(*std::get_if<0>(&state_)); }

  T& operator*() & { return value(); }                   ///< `value()`.
  const T& operator*() const& { return value(); }        ///< `value()`.
  T operator*() && { return std::move(*this).value(); }  ///< `value()`, moved out.
  T* operator->() { return &value(); }                   ///< Into `value()`.
  const T* operator->() const { return &value(); }       ///< Into `value()`.

  /// The error; must not be called on a value.
  Error& error() & { return std::get<1>(state_); }
  /// The error; must not be called on a value.
  const Error& error() const& { return std::get<1>(state_); }
  /// The error, to be moved out; must not be called on a value.
  Error&& error() && { return std::get<1>(std::move(state_)); }

  /// The value, or `fallback` on an error.
  template <class U>
  T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }
  /// The value, moved out, or `fallback` on an error.
  template <class U>
  T value_or(U&& fallback) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(fallback));
  }

  /// `next(value)`, which returns a Result of its own; the error passes through untouched.
  template <class F>
  auto and_then(F&& next) && -> std::invoke_result_t<F, T&&> {
    if (!has_value()) return std::move(*this).error();
    return std::invoke(std::forward<F>(next), *std::move(*this));
  }
  /// `next(value)` wrapped in a Result; the error passes through untouched.
  template <class F>
  auto transform(F&& next) && -> Result<std::invoke_result_t<F, T&&>> {
    if (!has_value()) return std::move(*this).error();
    return std::invoke(std::forward<F>(next), *std::move(*this));
  }

 private:
  void checked() const {
    if (!has_value()) abort_on_error(*std::get_if<1>(&state_));
  }

  std::variant<T, Error> state_;
};

/// Success without a value, or an `Error`.
template <>
class [[nodiscard("a dropped Result hides a failure")]] Result<void> {
 public:
  using value_type = void;   ///< What it holds on success.
  using error_type = Error;  ///< What it holds on failure.

  Result() noexcept = default;
  /// Failure.
  Result(Error error)  // NOLINT(google-explicit-constructor): `return error;` must read naturally.
      : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_.has_value(); }  ///< Whether it is a success.
  explicit operator bool() const noexcept { return has_value(); }  ///< Whether it is a success.

  /// Nothing on success; prints the error and aborts otherwise.
  void value() const {
    if (error_) abort_on_error(*error_);
  }

  /// The error; must not be called on success.
  Error& error() & { return error_.value(); }
  /// The error; must not be called on success.
  const Error& error() const& { return error_.value(); }
  /// The error, to be moved out; must not be called on success.
  Error&& error() && { return std::move(error_).value(); }

  /// What `next()` returns; on an error that, without a call.
  template <class F>
  auto and_then(F&& next) && -> std::invoke_result_t<F> {
    if (error_) return *std::move(error_);
    return std::invoke(std::forward<F>(next));
  }

 private:
  std::optional<Error> error_;
};

}  // namespace quartz
