#include "statistics.hpp"

#include <string>
#include <type_traits>
#include <vector>

#include "quartz/storage/statistics_fields.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

// Of structs that `visit_fields` takes, by the names of their fields.
template <class Struct>
py::dict dict_of(const Struct& statistics);

template <class Value>
py::object field_of(const Value& value) {
  if constexpr (std::is_arithmetic_v<Value> || std::is_same_v<Value, std::string>) {
    return py::cast(value);
  } else {
    return dict_of(value);
  }
}

template <class Struct>
py::object field_of(const std::vector<Struct>& all) {
  py::list list;
  for (const Struct& each : all) list.append(dict_of(each));
  return list;
}

template <class Struct>
py::dict dict_of(const Struct& statistics) {
  py::dict figures;
  visit_fields(statistics,
               [&](const char* name, const auto& value) { figures[name] = field_of(value); });
  return figures;
}

}  // namespace

py::dict to_python(const Statistics& now) { return dict_of(now); }

py::dict to_python(const VerifyReport& report) {
  py::dict figures;
  figures["files_checked"] = report.files_checked;
  figures["bytes_checked"] = report.bytes_checked;
  figures["log_records"] = report.log_records;
  figures["rows"] = report.rows;
  figures["unfinished_tail_bytes"] = report.unfinished_tail_bytes;
  py::list damage;
  for (const Damage& found : report.damage) {
    damage.append(py::make_tuple(found.file, found.offset, found.what));
  }
  figures["damage"] = damage;
  return figures;
}

}  // namespace quartz::python
