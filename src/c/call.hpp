#pragma once

#include <exception>
#include <initializer_list>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

#include "quartz/c/error.h"
#include "quartz/result.hpp"

namespace quartz::c {

/// The error as its receiver in C owns it.
quartz_error* to_c(const Error& error) noexcept;

/// QUARTZ_IO_ERROR with that message.
quartz_error* io_error(const char* message) noexcept;

/// What says that there was no memory, not even for an error. Static; destroying it does nothing.
quartz_error* out_of_memory() noexcept;

/// A pointer that a call cannot do without.
struct Needed {
  const char* name;
  const void* pointer;
};

/// `invalid_argument` naming the first that is null.
Result<void> check_given(std::initializer_list<Needed> needed);

/// `invalid_argument` if there is a size and nowhere to find the bytes.
Result<void> check_bytes(const char* name, quartz_bytes bytes);

/// Runs what a function of the C interface does, once all that it needs is given. No exception
/// passes: what Quartz throws is `std::bad_alloc`, and the standard library what the operating
/// system refuses, such as another thread.
template <class Call>
quartz_error* guarded(std::initializer_list<Needed> needed, Call&& call) noexcept {
  try {
    if (const auto given = check_given(needed); !given) return to_c(given.error());
    const Result<void> done = std::forward<Call>(call)();
    return done ? nullptr : to_c(done.error());
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& refusal) {
    return io_error(refusal.what());
  }
}

/// A new `Handle` for C, or null when there is no memory.
template <class Handle, class... Parts>
Handle* make_handle(Parts&&... parts) noexcept {
  try {
    return new Handle{std::forward<Parts>(parts)...};
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

/// `*out` becomes a new handle around the value of `made`.
template <class Handle, class T>
Result<void> hand_out(Result<T> made, Handle** out) {
  if (!made) return std::move(made).error();
  *out = new Handle{*std::move(made)};
  return {};
}

/// The same where there may be nothing: then `*out` stays null.
template <class Handle, class T>
Result<void> hand_out_found(Result<std::optional<T>> found, Handle** out) {
  if (!found) return std::move(found).error();
  if (*found) *out = new Handle{*std::move(*found)};
  return {};
}

inline std::string_view view(quartz_bytes bytes) noexcept { return {bytes.data, bytes.size}; }
inline quartz_bytes bytes_of(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace quartz::c
