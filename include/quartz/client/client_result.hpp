#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "quartz/client/client_error.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// Ends the process with `error` on standard error; behind `ClientResult::value()`.
[[noreturn]] QUARTZ_EXPORT void abort_on_error(const ClientError& error) noexcept;

/// A value or the `ClientError` that prevented it: what `Result` is for the engine. `value()` on an
/// error prints it and aborts. Cannot be dropped silently. Threads: as safe as `T`.
template <class T>
class [[nodiscard("a dropped ClientResult hides a failure")]] ClientResult {
 public:
  using value_type = T;            ///< What it holds on success.
  using error_type = ClientError;  ///< What it holds on failure.

  /// Success, with anything that makes a `T`.
  template <class U = T>
    requires(std::is_constructible_v<T, U &&> &&
             !std::is_same_v<std::remove_cvref_t<U>, ClientResult> &&
             !std::is_same_v<std::remove_cvref_t<U>, ClientError>)
  ClientResult(U&& value)  // NOLINT(google-explicit-constructor): `return value;` reads naturally.
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  /// Failure.
  ClientResult(ClientError error)  // NOLINT(google-explicit-constructor): as above.
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
  ClientError& error() & { return std::get<1>(state_); }
  /// The error; must not be called on a value.
  const ClientError& error() const& { return std::get<1>(state_); }
  /// The error, to be moved out; must not be called on a value.
  ClientError&& error() && { return std::get<1>(std::move(state_)); }

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

 private:
  void checked() const {
    if (!has_value()) abort_on_error(*std::get_if<1>(&state_));
  }

  std::variant<T, ClientError> state_;
};

/// Success without a value, or a `ClientError`.
template <>
class [[nodiscard("a dropped ClientResult hides a failure")]] ClientResult<void> {
 public:
  using value_type = void;         ///< What it holds on success.
  using error_type = ClientError;  ///< What it holds on failure.

  ClientResult() noexcept = default;
  /// Failure.
  ClientResult(ClientError error)  // NOLINT(google-explicit-constructor): as above.
      : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_.has_value(); }  ///< Whether it is a success.
  explicit operator bool() const noexcept { return has_value(); }  ///< Whether it is a success.

  /// Nothing on success; prints the error and aborts otherwise.
  void value() const {
    if (error_) abort_on_error(*error_);
  }

  /// The error; must not be called on success.
  ClientError& error() & { return error_.value(); }
  /// The error; must not be called on success.
  const ClientError& error() const& { return error_.value(); }
  /// The error, to be moved out; must not be called on success.
  ClientError&& error() && { return std::move(error_).value(); }

 private:
  std::optional<ClientError> error_;
};

}  // namespace quartz
