#pragma once

#include <string>
#include <string_view>

#include <pybind11/pybind11.h>

namespace quartz::python {

/// Bytes that Python passed, which stay as they are while this lives, also without the lock of the
/// interpreter: those of a `bytes` where they lie, and a copy of what could change meanwhile (a
/// `bytearray`, a `memoryview`).
class Bytes {
 public:
  /// `what` names the argument in the TypeError for everything else, texts above all.
  Bytes(pybind11::handle object, const char* what);

  std::string_view view() const noexcept { return copied_ ? std::string_view(copy_) : view_; }

 private:
  pybind11::object owner_;
  std::string_view view_;
  bool copied_ = false;
  std::string copy_;
};

inline pybind11::bytes to_python(std::string_view bytes) {
  return pybind11::bytes(bytes.data(), bytes.size());
}

/// Ids of points and payloads are texts; bytes that are no UTF-8 survive the way there and back.
pybind11::str text_of(std::string_view bytes);
/// `what` names the argument in the TypeError for what is not a text.
std::string bytes_of_text(pybind11::handle text, const char* what);

}  // namespace quartz::python
