#include "bytes.hpp"

#include <string>

namespace py = pybind11;

namespace quartz::python {
namespace {

std::string type_name(py::handle object) { return Py_TYPE(object.ptr())->tp_name; }

}  // namespace

Bytes::Bytes(py::handle object, const char* what) {
  if (PyBytes_Check(object.ptr())) {
    owner_ = py::reinterpret_borrow<py::object>(object);
    view_ = {PyBytes_AS_STRING(object.ptr()),
             static_cast<std::size_t>(PyBytes_GET_SIZE(object.ptr()))};
    return;
  }
  if (PyUnicode_Check(object.ptr())) {
    throw py::type_error(std::string(what) +
                         " must be bytes, not str: encode it, as in 'name'.encode()");
  }
  if (!PyObject_CheckBuffer(object.ptr())) {
    throw py::type_error(std::string(what) + " must be bytes, not " + type_name(object));
  }
  Py_buffer buffer;
  if (PyObject_GetBuffer(object.ptr(), &buffer, PyBUF_SIMPLE) != 0) throw py::error_already_set();
  copied_ = true;
  copy_.assign(static_cast<const char*>(buffer.buf), static_cast<std::size_t>(buffer.len));
  PyBuffer_Release(&buffer);
}

py::str text_of(std::string_view bytes) {
  PyObject* text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape");
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::str>(text);
}

std::string bytes_of_text(py::handle text, const char* what) {
  if (!PyUnicode_Check(text.ptr())) {
    throw py::type_error(std::string(what) + " must be str, not " + type_name(text));
  }
  PyObject* encoded = PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogateescape");
  if (encoded == nullptr) throw py::error_already_set();
  const auto bytes = py::reinterpret_steal<py::bytes>(encoded);
  return static_cast<std::string>(bytes);
}

}  // namespace quartz::python
