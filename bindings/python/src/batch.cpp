#include "batch.hpp"

#include <utility>

#include "bytes.hpp"
#include "options.hpp"

namespace py = pybind11;
using py::literals::operator""_a;

namespace quartz::python {

template <class Add>
void Batch::append(Add&& add) {
  if (finished_) fail(Errc::closed, "the batch was written or dropped before; make another");
  if (in_use_) fail(Errc::busy, "another thread is adding points to this batch");
  add(batch_);
  if (batch_.error()) throw Failure(*batch_.error());
}

void Batch::put(py::handle key, py::handle value, const KeyspaceWriter* keyspace,
                py::handle time_to_live) {
  const Bytes at(key, "key");
  const Bytes bytes(value, "value");
  const RowAttributes attributes = attributes_of(session_->engine(), time_to_live);
  append([&](WriteBatch& batch) {
    if (keyspace == nullptr) {
      batch.put(at.view(), bytes.view(), attributes);
    } else {
      batch.put(keyspace->keyspace(), at.view(), bytes.view(), attributes);
    }
  });
}

void Batch::remove(py::handle key, const KeyspaceWriter* keyspace) {
  const Bytes at(key, "key");
  append([&](WriteBatch& batch) {
    keyspace == nullptr ? batch.remove(at.view()) : batch.remove(keyspace->keyspace(), at.view());
  });
}

void Batch::remove_range(py::handle lower_bound, py::handle upper_bound,
                         const KeyspaceWriter* keyspace) {
  const Bytes first(lower_bound, "lower_bound");
  const Bytes last(upper_bound, "upper_bound");
  append([&](WriteBatch& batch) {
    keyspace == nullptr ? batch.remove_range(first.view(), last.view())
                        : batch.remove_range(keyspace->keyspace(), first.view(), last.view());
  });
}

void Batch::upsert(Collection& collection, const PointArguments& points) {
  VectorCollection& vectors = collection.usable();
  append([&](WriteBatch& batch) {
    in_use_ = true;
    const auto done = [this](void*) { in_use_ = false; };
    const std::unique_ptr<void, decltype(done)> whatever_happens(this, done);
    // It waits where the index has much to do.
    without_gil([&] {
      for (std::size_t i = 0; i < points.size() && !batch.error(); ++i) {
        points.add(vectors, i, batch);
      }
    });
  });
}

void Batch::remove_points(Collection& collection, const py::list& ids) {
  VectorCollection& vectors = collection.usable();
  std::vector<std::string> named;
  for (const py::handle id : ids) named.push_back(bytes_of_text(id, "an id"));
  append([&](WriteBatch& batch) {
    for (const std::string& id : named) vectors.add_remove(batch, id);
  });
}

void Batch::write() {
  append([](WriteBatch&) {});
  StorageEngine& engine = session_->engine();
  finished_ = true;
  // Nobody else sees it while the lock is another's.
  const WriteBatch batch = std::move(batch_);
  batch_ = WriteBatch();
  unwrap(without_gil([&] { return engine.write(batch, {.durability = durability_}); }));
}

void bind_batch(py::module_& module) {
  py::class_<Batch, std::shared_ptr<Batch>>(
      module, "WriteBatch",
      "Writes that take effect all or not at all, across keyspaces and collections.\n\n"
      "In a `with` it is written at the end, and dropped if there was an exception. It is written\n"
      "once. An operation that cannot be written raises where it is added, and the batch cannot\n"
      "be written any more. One thread at a time.")
      .def("put", &Batch::put, "Writes a row; see `Keyspace.put`.", "key"_a, "value"_a,
           "keyspace"_a = py::none(), py::kw_only(), "ttl"_a = py::none())
      .def("delete", &Batch::remove, "Removes a row.", "key"_a, "keyspace"_a = py::none())
      .def("delete_range", &Batch::remove_range, "Removes every key in [lower_bound, upper_bound).",
           "lower_bound"_a, "upper_bound"_a, "keyspace"_a = py::none())
      .def(
          "upsert",
          [](Batch& self, const py::object& collection, const py::object& ids,
             const py::object& vectors, const py::object& payloads) {
            // What the collection makes of all the forms in which points may be given.
            const py::tuple points = collection.attr("_points")(ids, vectors, payloads);
            auto& of = points[0].cast<Collection&>();
            self.upsert(of, PointArguments(points[1], points[2], points[3],
                                           of.usable().config().dimensions));
          },
          "Stores points; see `VectorCollection.upsert`.", "collection"_a, "ids"_a, "vectors"_a,
          "payloads"_a = py::none())
      .def(
          "remove",
          [](Batch& self, const py::object& collection, const py::object& ids) {
            const py::tuple points = collection.attr("_named")(ids);
            self.remove_points(points[0].cast<Collection&>(), points[1]);
          },
          "Removes points of a collection.", "collection"_a, "ids"_a)
      .def("__len__", &Batch::size, "How many operations there are.")
      .def("write", &Batch::write, "Writes it now.")
      .def("drop", &Batch::drop, "Writes nothing, now or later.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__",
           [](Batch& self, const py::object& type, const py::object&, const py::object&) {
             if (!type.is_none()) self.drop();
             if (!self.finished()) self.write();
           });
}

}  // namespace quartz::python
