#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/pybind11.h>

#include "bytes.hpp"
#include "quartz/storage/keyspace.hpp"
#include "rows.hpp"
#include "session.hpp"

namespace quartz::python {

/// Reads rows of one keyspace: as they are now, or as they were in a snapshot.
class Reader {
 public:
  Reader(std::shared_ptr<Session> session, Keyspace keyspace,
         std::shared_ptr<PinnedSnapshot> snapshot = nullptr)
      : session_(std::move(session)),
        keyspace_(std::move(keyspace)),
        snapshot_(std::move(snapshot)) {}

  const std::shared_ptr<Session>& session() const noexcept { return session_; }
  const Keyspace& keyspace() const noexcept { return keyspace_; }

  pybind11::object get(pybind11::handle key, pybind11::object fallback) const;
  pybind11::object at(pybind11::handle key) const;
  bool contains(pybind11::handle key) const;
  pybind11::list multi_get(const pybind11::iterable& keys) const;
  /// Seconds since the epoch, None if it never expires.
  pybind11::object expires_at(pybind11::handle key) const;
  std::shared_ptr<Rows> rows(RowPart part, const RowSelection& selection) const;

 protected:
  /// What `read(engine, options)`, which returns a Result, gives without the interpreter's lock.
  template <class Read>
  auto read(Read&& work) const {
    session_->check_process();
    return unwrap(without_gil([&] {
      return session_->use([&](const StorageEngine& engine) {
        if (snapshot_ == nullptr) return work(engine, ReadOptions{});
        return snapshot_->use(
            [&](const Snapshot& as_of) { return work(engine, ReadOptions{.snapshot = &as_of}); });
      });
    }));
  }

  std::shared_ptr<PinnedSnapshot> snapshot() const noexcept { return snapshot_; }

 private:
  std::shared_ptr<Session> session_;
  Keyspace keyspace_;
  std::shared_ptr<PinnedSnapshot> snapshot_;  // Null: the newest state.
};

/// All keyspaces as they were at one moment.
class SnapshotReader : public Reader {
 public:
  static std::shared_ptr<SnapshotReader> take(const std::shared_ptr<Session>& session,
                                              const Keyspace& keyspace);

  using Reader::Reader;
  std::shared_ptr<Reader> of(const std::string& keyspace) const;
  void close() const;
};

/// Adds what writes to the newest state.
class KeyspaceWriter : public Reader {
 public:
  using Reader::Reader;

  void put(pybind11::handle key, pybind11::handle value, pybind11::handle time_to_live,
           pybind11::handle durability) const;
  void remove(pybind11::handle key, pybind11::handle durability) const;
  void remove_range(pybind11::handle lower_bound, pybind11::handle upper_bound,
                    pybind11::handle durability) const;
  void compact(const pybind11::object& lower_bound, const pybind11::object& upper_bound) const;
};

void bind_readers(pybind11::module_& module);

}  // namespace quartz::python
