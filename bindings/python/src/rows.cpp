#include "rows.hpp"

#include <algorithm>
#include <utility>

#include "bytes.hpp"

namespace py = pybind11;

namespace quartz::python {
namespace {

constexpr std::size_t kChunkRowsMax = 512;
constexpr std::size_t kChunkBytesMax = std::size_t{256} << 10;

std::optional<Bytes> bound_of(const py::object& bound, const char* what) {
  if (bound.is_none()) return std::nullopt;
  return std::optional<Bytes>(std::in_place, bound, what);
}

std::optional<std::string_view> view_of(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::nullopt;
  return bytes->view();
}

}  // namespace

Result<PinnedCursor::Chunk> PinnedCursor::read(std::size_t rows_max, RowPart part) {
  const std::lock_guard lock(mutex_);
  Chunk chunk;
  std::size_t bytes = 0;
  while (cursor_ && chunk.size() < rows_max && bytes < kChunkBytesMax) {
    if (started_) {
      reverse_ ? cursor_->previous() : cursor_->next();
    } else {
      reverse_ ? cursor_->seek_to_last() : cursor_->seek_to_first();
    }
    started_ = true;
    if (!cursor_->valid()) {
      const auto error = cursor_->error();
      cursor_.reset();
      if (error) return *error;
      break;
    }
    auto& [key, value] = chunk.emplace_back();
    if (part != RowPart::value) key = cursor_->key();
    if (part != RowPart::key) value = cursor_->value();
    bytes += key.size() + value.size();
  }
  return chunk;
}

Rows::Rows(std::shared_ptr<Session> session, const Keyspace& keyspace,
           const std::shared_ptr<PinnedSnapshot>& snapshot, const RowSelection& selection,
           RowPart part)
    : session_(std::move(session)), part_(part) {
  const auto prefix = bound_of(selection.prefix, "prefix");
  const auto lower = bound_of(selection.lower_bound, "lower_bound");
  const auto upper = bound_of(selection.upper_bound, "upper_bound");
  ScanOptions options{.prefix = view_of(prefix).value_or(std::string_view()),
                      .lower_bound = view_of(lower),
                      .upper_bound = view_of(upper),
                      .limit = selection.limit,
                      .reverse = selection.reverse,
                      .keyspace = &keyspace};
  session_->check_process();
  const auto make = [&](StorageEngine& engine,
                        const Snapshot* as_of) -> Result<std::shared_ptr<PinnedCursor>> {
    options.snapshot = as_of;
    return session_->pin<PinnedCursor>(engine.cursor(options), options.reverse);
  };
  cursor_ = unwrap(without_gil([&] {
    return session_->use([&](StorageEngine& engine) {
      if (snapshot == nullptr) return make(engine, nullptr);
      return snapshot->use([&](const Snapshot& as_of) { return make(engine, &as_of); });
    });
  }));
}

void Rows::fill() {
  if (reading_) fail(Errc::busy, "another thread is reading the next rows of this iterator");
  static_cast<void>(session_->engine());  // Not after `close`.
  reading_ = true;
  const auto cursor = cursor_;
  const auto done = [this](void*) { reading_ = false; };
  const std::unique_ptr<void, decltype(done)> whatever_happens(this, done);
  Result<PinnedCursor::Chunk> read = without_gil([&] { return cursor->read(rows_max_, part_); });
  chunk_.clear();
  at_ = 0;
  if (cursor_ == nullptr) return;  // It was closed meanwhile.
  if (!read) cursor_.reset();
  chunk_ = unwrap(std::move(read));
  rows_max_ = std::min(rows_max_ * 4, kChunkRowsMax);
}

py::object Rows::next() {
  session_->check_process();  // Rows that were read ahead are the parent's, too.
  if (cursor_ != nullptr && cursor_->released()) {
    chunk_.clear();
    at_ = 0;
    fail(Errc::closed, "the database of this iterator was closed");
  }
  if (at_ == chunk_.size() && cursor_ != nullptr) {
    fill();
    if (cursor_ != nullptr && cursor_->released()) return next();
    if (chunk_.empty()) cursor_.reset();
  }
  if (at_ == chunk_.size()) throw py::stop_iteration();
  const auto& [key, value] = chunk_[at_++];
  switch (part_) {
    case RowPart::key:
      return to_python(key);
    case RowPart::value:
      return to_python(value);
    case RowPart::both:
      break;
  }
  return py::make_tuple(to_python(key), to_python(value));
}

void Rows::close() {
  // Whoever of the parent's threads had the cursor's lock will never let go of it here.
  session_->check_process();
  const auto cursor = forget();
  if (cursor != nullptr) without_gil([&] { cursor->release(); });
}

void Rows::leave() {
  if (!session_->is_parents()) return close();
  static_cast<void>(forget());
}

std::shared_ptr<PinnedCursor> Rows::forget() {
  chunk_.clear();
  at_ = 0;
  return std::exchange(cursor_, nullptr);
}

void bind_rows(py::module_& module) {
  py::class_<Rows, std::shared_ptr<Rows>>(
      module, "Rows",
      "An iterator over rows as they were when it was made, which no later write changes.\n\n"
      "It ends by itself, and keeps files that are not needed any more until then: `close` it\n"
      "where a loop ends early. One thread at a time.")
      .def("__iter__", [](py::object self) { return self; })
      .def("__next__", &Rows::next)
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](Rows& self, const py::args&) { self.leave(); })
      .def("close", &Rows::close, "Ends the iteration. A second call does nothing.");
}

}  // namespace quartz::python
