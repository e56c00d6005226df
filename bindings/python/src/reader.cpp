#include "reader.hpp"

#include <optional>
#include <string_view>

#include "options.hpp"
#include "quartz/storage/pinned_value.hpp"

namespace py = pybind11;

namespace quartz::python {

py::object Reader::get(py::handle key, py::object fallback) const {
  const Bytes wanted(key, "key");
  const auto found = read([&](const StorageEngine& engine, const ReadOptions& options) {
    return engine.get(keyspace_, wanted.view(), options);
  });
  if (!found) return fallback;
  return to_python(*found);
}

py::object Reader::at(py::handle key) const {
  py::object found = get(key, py::object());
  if (!found) {
    PyErr_SetObject(PyExc_KeyError, key.ptr());
    throw py::error_already_set();
  }
  return found;
}

bool Reader::contains(py::handle key) const {
  const Bytes wanted(key, "key");
  return read([&](const StorageEngine& engine, const ReadOptions& options) {
    return engine.contains(keyspace_, wanted.view(), options);
  });
}

py::list Reader::multi_get(const py::iterable& keys) const {
  std::vector<Bytes> wanted;
  for (const py::handle key : keys) wanted.emplace_back(key, "key");
  std::vector<std::string_view> views;
  views.reserve(wanted.size());
  for (const Bytes& key : wanted) views.push_back(key.view());
  const auto found = read([&](const StorageEngine& engine, const ReadOptions& options) {
    return engine.multi_get(keyspace_, views, options);
  });
  py::list values(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    values[i] = found[i] ? py::object(to_python(*found[i])) : py::none();
  }
  return values;
}

py::object Reader::expires_at(py::handle key) const {
  const Bytes wanted(key, "key");
  // Only the attributes leave the lambda, so that no value stays pinned.
  const auto attributes =
      read([&](const StorageEngine& engine,
               const ReadOptions& options) -> Result<std::optional<RowAttributes>> {
        const auto found = engine.get_pinned(keyspace_, wanted.view(), options);
        if (!found) return found.error();
        if (!*found) return std::optional<RowAttributes>();
        return std::optional<RowAttributes>((*found)->attributes());
      });
  if (!attributes) {
    PyErr_SetObject(PyExc_KeyError, key.ptr());
    throw py::error_already_set();
  }
  if (!attributes->expires_at) return py::none();
  return py::float_(static_cast<double>(attributes->expires_at->time_since_epoch().count()) / 1000);
}

std::shared_ptr<Rows> Reader::rows(RowPart part, const RowSelection& selection) const {
  return std::make_shared<Rows>(session_, keyspace_, snapshot_, selection, part);
}

std::shared_ptr<SnapshotReader> SnapshotReader::take(const std::shared_ptr<Session>& session,
                                                     const Keyspace& keyspace) {
  session->check_process();
  auto taken = unwrap(without_gil([&] {
    return session->use(
        [&](const StorageEngine& engine) -> Result<std::shared_ptr<PinnedSnapshot>> {
          return session->pin<PinnedSnapshot>(engine.snapshot());
        });
  }));
  return std::make_shared<SnapshotReader>(session, keyspace, std::move(taken));
}

std::shared_ptr<Reader> SnapshotReader::of(const std::string& keyspace) const {
  const StorageEngine& engine = session()->engine();
  auto found = unwrap(without_gil([&] { return engine.keyspace(keyspace); }));
  return std::make_shared<Reader>(session(), std::move(found), snapshot());
}

void SnapshotReader::close() const {
  session()->check_process();
  without_gil([&] { snapshot()->release(); });
}

void KeyspaceWriter::put(py::handle key, py::handle value, py::handle time_to_live,
                         py::handle durability) const {
  const Bytes at(key, "key");
  const Bytes bytes(value, "value");
  StorageEngine& engine = session()->engine();
  const RowAttributes attributes = attributes_of(engine, time_to_live);
  const WriteOptions options{.durability = durability_of(durability)};
  unwrap(without_gil(
      [&] { return engine.put(keyspace(), at.view(), bytes.view(), attributes, options); }));
}

void KeyspaceWriter::remove(py::handle key, py::handle durability) const {
  const Bytes at(key, "key");
  StorageEngine& engine = session()->engine();
  const WriteOptions options{.durability = durability_of(durability)};
  unwrap(without_gil([&] { return engine.remove(keyspace(), at.view(), options); }));
}

void KeyspaceWriter::remove_range(py::handle lower_bound, py::handle upper_bound,
                                  py::handle durability) const {
  const Bytes first(lower_bound, "lower_bound");
  const Bytes last(upper_bound, "upper_bound");
  StorageEngine& engine = session()->engine();
  const WriteOptions options{.durability = durability_of(durability)};
  unwrap(without_gil(
      [&] { return engine.remove_range(keyspace(), first.view(), last.view(), options); }));
}

void KeyspaceWriter::compact(const py::object& lower_bound, const py::object& upper_bound) const {
  const auto bound = [](const py::object& given, const char* what) {
    return given.is_none() ? std::optional<Bytes>()
                           : std::optional<Bytes>(std::in_place, given, what);
  };
  const auto view = [](const std::optional<Bytes>& bytes) {
    return bytes ? std::optional<std::string_view>(bytes->view()) : std::nullopt;
  };
  const auto first = bound(lower_bound, "lower_bound");
  const auto last = bound(upper_bound, "upper_bound");
  StorageEngine& engine = session()->engine();
  unwrap(without_gil([&] { return engine.compact_range(view(first), view(last), &keyspace()); }));
}

}  // namespace quartz::python
