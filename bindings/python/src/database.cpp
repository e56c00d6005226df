#include "database.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include "batch.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "statistics.hpp"
#include "vectors.hpp"

namespace py = pybind11;
using py::literals::operator""_a;

namespace quartz::python {

std::shared_ptr<Collection> open_collection(const std::shared_ptr<Session>& session,
                                            const std::string& name, const py::dict& config);

namespace {

/// The default keyspace, and what is of all of them.
class Database : public KeyspaceWriter {
 public:
  static std::shared_ptr<Database> open(const std::filesystem::path& directory,
                                        const py::kwargs& options) {
    StorageConfig config = storage_config(options);
    auto session = without_gil([&]() -> Result<std::shared_ptr<Session>> {
      auto engine = StorageEngine::open(directory, std::move(config));
      if (!engine) return std::move(engine).error();
      return make_shared_outside_gil<Session>(*std::move(engine));
    });
    return std::make_shared<Database>(unwrap(std::move(session)));
  }

  explicit Database(const std::shared_ptr<Session>& session)
      : KeyspaceWriter(session, session->engine().default_keyspace()) {}

  /// A second call does nothing, as for files of Python.
  void close() const {
    session()->check_process();
    if (session()->closed()) return;
    unwrap(without_gil([&] { return session()->close(); }));
  }

  /// `work(engine)`, which returns a Result, without the interpreter's lock.
  template <class Work>
  auto run(Work&& work) const {
    StorageEngine& engine = session()->engine();
    return unwrap(without_gil([&] { return work(engine); }));
  }
};

std::shared_ptr<KeyspaceWriter> writer_of(const Database& self, Keyspace keyspace) {
  return std::make_shared<KeyspaceWriter>(self.session(), std::move(keyspace));
}

std::shared_ptr<KeyspaceWriter> keyspace(const Database& self, const std::string& name,
                                         bool create) {
  return writer_of(self, self.run([&](StorageEngine& engine) -> Result<Keyspace> {
    auto found = engine.keyspace(name);
    if (found || !create || found.error().code() != Errc::not_found) return found;
    auto created = engine.create_keyspace(name);
    // Another thread was faster.
    if (!created && created.error().code() == Errc::already_exists) return engine.keyspace(name);
    return created;
  }));
}

std::vector<std::string> keyspace_names(const Database& self) {
  std::vector<std::string> names;
  for (const Keyspace& one : self.session()->engine().keyspaces()) names.push_back(one.name());
  return names;
}

using DatabaseClass = py::class_<Database, KeyspaceWriter, std::shared_ptr<Database>>;

void bind_parts(DatabaseClass& type) {
  type.def("keyspace", &keyspace,
           "The keyspace of that name, which is created if there is none. With `create=False`\n"
           "NotFoundError is raised instead.",
           "name"_a, py::kw_only(), "create"_a = true)
      .def("keyspaces", &keyspace_names, "Names of all, \"default\" first, then sorted.")
      .def(
          "drop_keyspace",
          [](const Database& self, const std::string& name) {
            self.run([&](StorageEngine& engine) -> Result<void> {
              auto found = engine.keyspace(name);
              if (!found) return std::move(found).error();
              return engine.drop_keyspace(*found);
            });
          },
          "Removes a keyspace and its rows for good.", "name"_a)
      .def(
          "snapshot",
          [](const Database& self) {
            return SnapshotReader::take(self.session(), self.keyspace());
          },
          "The database as it is now, to be read from later.")
      .def(
          "batch",
          [](const Database& self, py::handle durability) {
            static_cast<void>(self.session()->engine());  // For what it throws.
            return std::make_shared<Batch>(self.session(), durability_of(durability));
          },
          "A batch of writes, written at the end of its `with`.", py::kw_only(),
          "durability"_a = py::none())
      .def("_vectors",
           [](const Database& self, const std::string& name, const py::dict& config) {
             return open_collection(self.session(), name, config);
           })
      .def(
          "vector_collections",
          [](const Database& self) { return VectorCollection::list(self.session()->engine()); },
          "Names of the collections of vectors, sorted.")
      .def(
          "drop_vectors",
          [](const Database& self, const std::string& name) {
            self.run([&](StorageEngine& engine) { return VectorCollection::drop(engine, name); });
          },
          "Removes a collection and its points for good.", "name"_a);
}

void bind_maintenance(DatabaseClass& type) {
  type.def(
          "flush",
          [](const Database& self) {
            self.run([](StorageEngine& engine) { return engine.flush(); });
          },
          "Everything written so far is in the levels, on disk, when it returns.")
      .def(
          "sync",
          [](const Database& self) {
            self.run([](StorageEngine& engine) { return engine.sync(); });
          },
          "Everything written so far survives power loss when it returns.")
      .def(
          "checkpoint",
          [](const Database& self, const std::filesystem::path& directory) {
            self.run([&](StorageEngine& engine) { return engine.checkpoint(directory); });
          },
          "Makes a complete copy, which opens, in a directory that does not exist yet. Writers go\n"
          "on meanwhile.",
          "directory"_a)
      .def(
          "start_compaction",
          [](const Database& self) {
            self.run([](StorageEngine& engine) { return engine.start_compaction(); });
          },
          "Lets the levels compact in the background; on by default.")
      .def(
          "stop_compaction",
          [](const Database& self) {
            self.run([](StorageEngine& engine) { return engine.stop_compaction(); });
          },
          "Stops that; what runs may finish.")
      .def(
          "statistics",
          [](const Database& self) {
            const StorageEngine& engine = self.session()->engine();
            return to_python(without_gil([&] { return engine.statistics(); }));
          },
          "Counters since it was opened, gauges and latencies, by the names of C++.");
}

}  // namespace

void bind_database(py::module_& module) {
  DatabaseClass type(module, "Database",
                     "A database in a directory, and its default keyspace.\n\n"
                     "It closes at the end of a `with`, or when it and all that was made from it\n"
                     "are gone.");
  type.def(py::init(&Database::open), "directory"_a)
      .def("close", &Database::close,
           "Closes the database, its snapshots and its iterators, which raise ClosedError from\n"
           "then on. Waits for calls that other threads have begun. A second call does nothing.")
      .def_property_readonly(
          "closed", [](const Database& self) { return self.session()->closed(); },
          "Whether `close` was called.")
      .def_property_readonly(
          "directory", [](const Database& self) { return self.session()->directory(); },
          "Where it lies.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](const Database& self, const py::args&) { self.close(); });
  bind_parts(type);
  bind_maintenance(type);
  module.def(
      "verify",
      [](const std::filesystem::path& directory) {
        return to_python(unwrap(without_gil([&] { return verify(directory); })));
      },
      "Reads every checksum of a closed database and changes nothing. \"damage\" of the result\n"
      "has the file, the offset and what is wrong of each that does not hold.",
      "directory"_a);
}

}  // namespace quartz::python
