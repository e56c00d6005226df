#pragma once

#include <pybind11/pybind11.h>

namespace quartz::python {

/// The database itself, and what works on closed ones.
void bind_database(pybind11::module_& module);

}  // namespace quartz::python
