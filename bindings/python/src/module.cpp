#include <string>

#include <pybind11/pybind11.h>

#include "batch.hpp"
#include "database.hpp"
#include "failure.hpp"
#include "quartz/version.hpp"
#include "reader.hpp"
#include "rows.hpp"
#include "session.hpp"
#include "vectors.hpp"

PYBIND11_MODULE(_quartz, module) {
  using namespace quartz::python;
  static_cast<void>(fork_count());  // From here on.
  module.attr("__version__") = std::string(quartz::version());
  bind_failures(module);
  bind_rows(module);
  bind_readers(module);
  bind_collections(module);
  bind_batch(module);
  bind_database(module);
}
