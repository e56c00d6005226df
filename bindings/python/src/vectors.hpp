#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "quartz/vector/vector_collection.hpp"
#include "session.hpp"

namespace quartz::python {

/// A collection with the session that it needs.
struct Collection {
  std::shared_ptr<Session> session;  // First: the collection goes before it.
  VectorCollection vectors;

  /// Throws in a fork, and after `close`.
  VectorCollection& usable() {
    static_cast<void>(session->engine());
    return vectors;
  }

  /// What `work(vectors)`, which returns a Result, reads without the interpreter's lock. `close`
  /// waits for it, since a search can hold a cursor.
  template <class Read>
  auto read(Read&& work) {
    session->check_process();
    return unwrap(without_gil(
        [&] { return session->use([&](const StorageEngine&) { return work(vectors); }); }));
  }
};

/// Vectors in single precision, one behind the other, as one run of memory.
using FloatRows = pybind11::array_t<float, pybind11::array::c_style>;

/// The array itself if its numbers are such; else a copy of it that is, made of other real numbers
/// or of nested sequences. TypeError for what is not of real numbers.
FloatRows float_rows(const pybind11::object& array, const char* what);

/// Points as Python passed them.
struct PointArguments {
  std::vector<std::string> ids;
  FloatRows array;
  std::vector<std::string> payloads;  // As many as ids, or none.

  /// Ids are texts; the array's first dimension counts them, and its last the dimensions. One
  /// between them counts the vectors of each point. `payloads` is None, or texts or None's.
  PointArguments(const pybind11::list& ids, const pybind11::object& vectors,
                 const pybind11::object& payloads, std::size_t dimensions);

  std::size_t size() const noexcept { return ids.size(); }
  /// Adds the point to a batch, as `VectorCollection::add_upsert` does.
  void add(const VectorCollection& collection, std::size_t index, WriteBatch& batch) const;

 private:
  const float* numbers_;
  std::size_t vectors_of_each_ = 1;
  std::size_t dimensions_;
};

void bind_collections(pybind11::module_& module);
void bind_searches(pybind11::class_<Collection, std::shared_ptr<Collection>>& type);

}  // namespace quartz::python
