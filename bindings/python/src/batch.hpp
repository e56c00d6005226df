#pragma once

#include <memory>
#include <optional>

#include <pybind11/pybind11.h>

#include "quartz/storage/write_batch.hpp"
#include "reader.hpp"
#include "vectors.hpp"

namespace quartz::python {

/// Operations that are written together, once.
class Batch {
 public:
  Batch(std::shared_ptr<Session> session, std::optional<Durability> durability)
      : session_(std::move(session)), durability_(durability) {}

  void put(pybind11::handle key, pybind11::handle value, const KeyspaceWriter* keyspace,
           pybind11::handle time_to_live);
  void remove(pybind11::handle key, const KeyspaceWriter* keyspace);
  void remove_range(pybind11::handle lower_bound, pybind11::handle upper_bound,
                    const KeyspaceWriter* keyspace);
  void upsert(Collection& collection, const PointArguments& points);
  void remove_points(Collection& collection, const pybind11::list& ids);

  std::size_t size() const noexcept { return batch_.operation_count(); }
  void write();
  void drop() noexcept { finished_ = true; }
  bool finished() const noexcept { return finished_; }

 private:
  /// `add(batch)`; throws what is wrong with an operation at once.
  template <class Add>
  void append(Add&& add);

  std::shared_ptr<Session> session_;
  std::optional<Durability> durability_;
  WriteBatch batch_;
  bool finished_ = false;
  bool in_use_ = false;  // By a thread that waits without the interpreter's lock.
};

void bind_batch(pybind11::module_& module);

}  // namespace quartz::python
