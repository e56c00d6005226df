#include <pybind11/pybind11.h>

#include "reader.hpp"

namespace py = pybind11;
using py::literals::operator""_a;

namespace quartz::python {
namespace {

/// `keys`, `values` or `items`.
template <class Class>
void bind_rows_of(Class& type, const char* name, RowPart part, const char* documentation) {
  type.def(
      name,
      [part](const Reader& self, py::object prefix, py::object lower_bound, py::object upper_bound,
             bool reverse, std::size_t limit) {
        return self.rows(part, {.prefix = std::move(prefix),
                                .lower_bound = std::move(lower_bound),
                                .upper_bound = std::move(upper_bound),
                                .reverse = reverse,
                                .limit = limit});
      },
      documentation, "prefix"_a = py::none(), py::kw_only(), "lower_bound"_a = py::none(),
      "upper_bound"_a = py::none(), "reverse"_a = false, "limit"_a = 0);
}

void bind_reader(py::module_& module) {
  py::class_<Reader, std::shared_ptr<Reader>> reader(
      module, "Reader",
      "Rows of one keyspace, keys and values as bytes, in the order of the keys' bytes.\n\n"
      "Threads: any number at the same time, here and in everything below it.");
  reader
      .def("get", &Reader::get, "The value of a key, or `default` if there is none.", "key"_a,
           "default"_a = py::none())
      .def("__getitem__", &Reader::at, "key"_a)
      .def("contains", &Reader::contains, "Whether the key exists.", "key"_a)
      .def("__contains__", &Reader::contains, "key"_a)
      .def("multi_get", &Reader::multi_get,
           "The values of many keys as of one moment, in the order asked for; None where there is\n"
           "none. Cheaper than as many calls of `get`.",
           "keys"_a)
      .def("expires_at", &Reader::expires_at,
           "When the row goes, in seconds since the epoch; None if it never does. KeyError if\n"
           "there is none.",
           "key"_a)
      .def("__iter__",
           [](const Reader& self) {
             return self.rows(RowPart::key, {py::none(), py::none(), py::none()});
           })
      .def_property_readonly(
          "name", [](const Reader& self) { return self.keyspace().name(); },
          "Of the keyspace; that of the database itself is \"default\".");
  bind_rows_of(reader, "keys", RowPart::key,
               "An iterator over the keys that begin with `prefix` and are in [lower_bound,\n"
               "upper_bound), from the last one backwards with `reverse`, at most `limit` of\n"
               "them; 0: all. It shows the rows as they are now, whatever is written meanwhile.");
  bind_rows_of(reader, "values", RowPart::value, "The same, of the values.");
  bind_rows_of(reader, "items", RowPart::both, "The same, of pairs of key and value.");
}

void bind_writer(py::module_& module) {
  py::class_<KeyspaceWriter, Reader, std::shared_ptr<KeyspaceWriter>>(
      module, "Keyspace", "Reads and writes the rows of one keyspace.")
      .def("put", &KeyspaceWriter::put,
           "Writes a row in place of the one that is there. It goes after `ttl` (seconds, or a\n"
           "timedelta), if that is given. `durability` says what the write survives once this has\n"
           "returned: \"memory\", \"process\" or \"disk\"; None: what the database was opened "
           "with.",
           "key"_a, "value"_a, py::kw_only(), "ttl"_a = py::none(), "durability"_a = py::none())
      .def(
          "__setitem__",
          [](const KeyspaceWriter& self, py::handle key, py::handle value) {
            self.put(key, value, py::none(), py::none());
          },
          "key"_a, "value"_a)
      .def("delete", &KeyspaceWriter::remove,
           "Removes a row. That there is none is no error, here and for `del`.", "key"_a,
           py::kw_only(), "durability"_a = py::none())
      .def(
          "__delitem__",
          [](const KeyspaceWriter& self, py::handle key) { self.remove(key, py::none()); }, "key"_a)
      .def("delete_range", &KeyspaceWriter::remove_range,
           "Removes every key in [lower_bound, upper_bound) with one write.", "lower_bound"_a,
           "upper_bound"_a, py::kw_only(), "durability"_a = py::none())
      .def("compact", &KeyspaceWriter::compact,
           "Moves the rows in [lower_bound, upper_bound), None: all, down to the last level, and\n"
           "gives back the space of what was removed.",
           "lower_bound"_a = py::none(), "upper_bound"_a = py::none());
}

void bind_snapshot(py::module_& module) {
  py::class_<SnapshotReader, Reader, std::shared_ptr<SnapshotReader>>(
      module, "Snapshot",
      "The whole database as it was when `Database.snapshot` was called; it never changes.\n\n"
      "Close it, or use it in a `with`: it keeps what was overwritten since.")
      .def("keyspace", &SnapshotReader::of, "Reads another keyspace as of the same moment.",
           "name"_a)
      .def("close", &SnapshotReader::close, "Lets it go. A second call does nothing.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](const SnapshotReader& self, const py::args&) { self.close(); });
}

}  // namespace

void bind_readers(py::module_& module) {
  bind_reader(module);
  bind_writer(module);
  bind_snapshot(module);
}

}  // namespace quartz::python
