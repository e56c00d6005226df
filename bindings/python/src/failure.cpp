#include "failure.hpp"

#include <cstdint>
#include <string>
#include <utility>

#include "bytes.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

/// As a Python exception. Whatever goes wrong in making it is raised in its place.
void raise(const Failure& failure) {
  const auto code = to_string(failure.error().code());
  const py::object type =
      py::module_::import("quartz._errors").attr("class_of")(py::str(code.data(), code.size()));
  const py::object error = type(text_of(failure.error().message()));
  PyErr_SetObject(type.ptr(), error.ptr());
}

}  // namespace

void fail(Errc code, std::string message) { throw Failure(Error(code, std::move(message))); }

void bind_failures(py::module_& module) {
  py::register_exception_translator([](std::exception_ptr pending) {
    try {
      if (pending) std::rethrow_exception(pending);
    } catch (const Failure& failure) {
      try {
        raise(failure);
      } catch (py::error_already_set& other) {
        other.restore();
      }
    }
  });
  py::list codes;
  for (int code = 0; code <= static_cast<int>(Errc::conflict); ++code) {
    codes.append(std::string(to_string(static_cast<Errc>(static_cast<std::uint8_t>(code)))));
  }
  module.attr("error_codes") = py::tuple(codes);
}

}  // namespace quartz::python
