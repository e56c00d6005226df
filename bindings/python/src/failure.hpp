#pragma once

#include <exception>
#include <string>
#include <utility>

#include <pybind11/pybind11.h>

#include "quartz/error.hpp"
#include "quartz/result.hpp"

namespace quartz::python {

/// An `Error` on its way to Python, where it becomes the class of its code in `quartz._errors`.
class Failure : public std::exception {
 public:
  explicit Failure(Error error) : error_(std::move(error)), text_(error_.to_string()) {}

  const Error& error() const noexcept { return error_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  Error error_;
  std::string text_;
};

/// Throws it as a `Failure`.
[[noreturn]] void fail(Errc code, std::string message);

/// The value; throws the error as a `Failure`.
template <class T>
T unwrap(Result<T> result) {
  if (!result) throw Failure(std::move(result).error());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

void bind_failures(pybind11::module_& module);

}  // namespace quartz::python
