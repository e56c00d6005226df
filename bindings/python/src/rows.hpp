#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/pybind11.h>

#include "session.hpp"

namespace quartz::python {

/// What an iterator yields of each row.
enum class RowPart : std::uint8_t { key, value, both };

/// Which rows; the bounds are None or bytes.
struct RowSelection {
  pybind11::object prefix;
  pybind11::object lower_bound;
  pybind11::object upper_bound;
  bool reverse = false;
  std::size_t limit = 0;
};

/// A cursor that `Session::close` can take from its iterator.
class PinnedCursor final : public Pin {
 public:
  using Chunk = std::vector<std::pair<std::string, std::string>>;

  PinnedCursor(Cursor cursor, bool reverse) : cursor_(std::move(cursor)), reverse_(reverse) {}

  void release() override {
    const std::lock_guard lock(mutex_);
    released_ = true;
    cursor_.reset();
  }
  bool released() const noexcept { return released_; }

  /// The next rows, at most so many; none at the end.
  Result<Chunk> read(std::size_t rows_max, RowPart part);

 private:
  std::mutex mutex_;
  std::optional<Cursor> cursor_;  // Guarded by mutex_.
  const bool reverse_;
  bool started_ = false;  // Guarded by mutex_.
  std::atomic<bool> released_{false};
};

/// An iterator of Python over rows. It reads some rows at a time, more as it goes on, so that
/// neither does the first row wait for many, nor does each row change who holds the interpreter.
/// What it shows is as of when it was made either way.
class Rows {
 public:
  /// `snapshot` is null for the newest state.
  Rows(std::shared_ptr<Session> session, const Keyspace& keyspace,
       const std::shared_ptr<PinnedSnapshot>& snapshot, const RowSelection& selection,
       RowPart part);

  pybind11::object next();
  void close();
  /// The end of a `with`: `close`, or in a child of a fork only forgets the parent's cursor, since
  /// an exception would hide the one that ends the block.
  void leave();

 private:
  void fill();
  /// What was read ahead, and the cursor, which it returns.
  std::shared_ptr<PinnedCursor> forget();

  std::shared_ptr<Session> session_;
  std::shared_ptr<PinnedCursor> cursor_;  // Null at the end, and after `close`.
  RowPart part_;
  PinnedCursor::Chunk chunk_;
  std::size_t at_ = 0;  // In the chunk.
  std::size_t rows_max_ = 8;
  bool reading_ = false;  // A thread is in `fill`.
};

void bind_rows(pybind11::module_& module);

}  // namespace quartz::python
