#pragma once

#include <pybind11/pybind11.h>

#include "quartz/storage/statistics.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::python {

/// The same figures by the same names, in dictionaries.
pybind11::dict to_python(const Statistics& now);
pybind11::dict to_python(const VerifyReport& report);

}  // namespace quartz::python
