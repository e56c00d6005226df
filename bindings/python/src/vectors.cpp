#include "vectors.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <pybind11/stl.h>

#include "bytes.hpp"
#include "options.hpp"

namespace py = pybind11;
using py::literals::operator""_a;

namespace quartz::python {
namespace {

/// Points of one record of the log: few enough that a writer of many does not hold up the others.
constexpr std::size_t kBatchPoints = 256;

/// The value whose name, as `to_string` has it, was given.
template <class Choice>
Choice choice_named(py::handle given, const char* what, Choice last) {
  const std::string name = bytes_of_text(given, what);
  std::string names;
  for (int number = 0; number <= static_cast<int>(last); ++number) {
    const auto choice = static_cast<Choice>(static_cast<std::uint8_t>(number));
    if (to_string(choice) == name) return choice;
    names += (names.empty() ? "'" : ", '") + std::string(to_string(choice)) + "'";
  }
  fail(Errc::invalid_argument,
       std::string(what) + " must be one of " + names + ", not '" + name + "'");
}

PayloadIndexKind payload_index_kind(py::handle given) {
  return choice_named(given, "the kind of a payload index", PayloadIndexKind::boolean);
}

/// The part of a collection's configuration that `reindex` can change.
VectorIndexConfig index_config(const py::dict& config) {
  return {
      .quantization = choice_named(config["quantization"], "quantization", Quantization::bit1),
      .m = integer_of<std::uint32_t>(config["m"], "m"),
      .ef_construction = integer_of<std::uint32_t>(config["ef_construction"], "ef_construction"),
      .seed = integer_of<std::uint64_t>(config["seed"], "seed"),
      .vectors_in_memory = truth_of(config["vectors_in_memory"], "vectors_in_memory"),
      .payloads_in_memory = truth_of(config["payloads_in_memory"], "payloads_in_memory")};
}

VectorCollectionConfig collection_config(const py::dict& config) {
  VectorCollectionConfig wanted{
      .dimensions = integer_of<std::size_t>(config["dimensions"], "dimensions"),
      .metric = choice_named(config["metric"], "metric", Metric::dot),
      .index = index_config(config)};
  for (const auto& [field, kind] : config["payload_indexes"].cast<py::dict>()) {
    wanted.payload_indexes.push_back(
        {.field = bytes_of_text(field, "a field"), .kind = payload_index_kind(kind)});
  }
  return wanted;
}

std::shared_ptr<Collection> collection_of(const std::shared_ptr<Session>& session,
                                          Result<VectorCollection> opened) {
  return make_shared_outside_gil<Collection>(
      Collection{.session = session, .vectors = unwrap(std::move(opened))});
}

/// Stores points in batches of some rows. What an error follows stays.
void upsert(Collection& self, const py::list& ids, const py::object& vectors,
            const py::object& payloads, py::handle durability) {
  VectorCollection& collection = self.usable();
  const PointArguments points(ids, vectors, payloads, collection.config().dimensions);
  const WriteOptions options{.durability = durability_of(durability)};
  StorageEngine& engine = self.session->engine();
  unwrap(without_gil([&]() -> Result<void> {
    for (std::size_t begin = 0; begin < points.size(); begin += kBatchPoints) {
      WriteBatch batch;
      const std::size_t end = std::min(points.size(), begin + kBatchPoints);
      for (std::size_t i = begin; i < end; ++i) {
        points.add(collection, i, batch);
        if (!batch.error()) continue;
        return Error(batch.error()->code(), "row " + std::to_string(i) + ": " +
                                                batch.error()->message() + " (" +
                                                std::to_string(begin) + " rows before it stay)");
      }
      if (auto written = engine.write(batch, options); !written) return written;
    }
    return {};
  }));
}

void remove(Collection& self, const py::list& ids, py::handle durability) {
  VectorCollection& collection = self.usable();
  WriteBatch batch;
  for (const py::handle id : ids) collection.add_remove(batch, bytes_of_text(id, "an id"));
  const WriteOptions options{.durability = durability_of(durability)};
  StorageEngine& engine = self.session->engine();
  unwrap(without_gil([&] { return engine.write(batch, options); }));
}

/// Id, an array with a row for each vector, and the text of the payload.
py::tuple to_python(const VectorPoint& point) {
  const std::size_t dimensions = point.vectors.empty() ? 0 : point.vectors.front().size();
  FloatRows rows({point.vectors.size(), dimensions});
  float* to = rows.mutable_data();
  for (const auto& vector : point.vectors) to = std::copy(vector.begin(), vector.end(), to);
  return py::make_tuple(text_of(point.id), rows, text_of(point.payload));
}

py::object get(Collection& self, const py::str& id) {
  const std::string wanted = bytes_of_text(id, "id");
  const auto found = self.read([&](VectorCollection& all) { return all.get(wanted); });
  if (!found) return py::none();
  return to_python(*found);
}

py::list scroll(Collection& self, const std::optional<py::str>& after, std::size_t limit,
                const std::optional<std::string>& filter) {
  const std::string behind = after ? bytes_of_text(*after, "after") : std::string();
  const auto found = self.read([&](VectorCollection& all) {
    VectorScrollOptions options{.limit = limit};
    if (after) options.after = behind;
    if (filter) options.filter = *filter;
    return all.scroll(options);
  });
  py::list points;
  for (const VectorPoint& point : found) points.append(to_python(point));
  return points;
}

std::uint64_t count(Collection& self, const std::optional<std::string>& filter) {
  if (!filter) return self.usable().count();
  return self.read([&](VectorCollection& all) { return all.count(Filter(*filter)); });
}

py::dict statistics(Collection& self) {
  VectorCollection& collection = self.usable();
  const VectorStatistics now = without_gil([&] { return collection.statistics(); });
  py::dict figures;
  figures["points"] = now.points;
  figures["vectors"] = now.vectors;
  figures["vectors_pending"] = now.vectors_pending;
  figures["vectors_removed"] = now.vectors_removed;
  figures["points_ignored"] = now.points_ignored;
  figures["memory_bytes"] = now.memory_bytes;
  figures["code_bytes"] = now.code_bytes;
  figures["link_bytes"] = now.link_bytes;
  figures["vector_bytes"] = now.vector_bytes;
  figures["point_bytes"] = now.point_bytes;
  figures["payload_index_bytes"] = now.payload_index_bytes;
  figures["searches"] = now.searches;
  figures["vectors_linked"] = now.vectors_linked;
  figures["vectors_reclaimed"] = now.vectors_reclaimed;
  figures["index_files_written"] = now.index_files_written;
  figures["rebuilding"] = now.rebuilding;
  figures["opened_by"] = now.opened_by;
  return figures;
}

py::dict config(Collection& self) {
  const VectorCollectionConfig stored = self.usable().config();
  py::dict indexes;
  for (const auto& index : stored.payload_indexes) {
    indexes[py::str(index.field)] = std::string(to_string(index.kind));
  }
  return py::dict(
      "dimensions"_a = stored.dimensions, "metric"_a = std::string(to_string(stored.metric)),
      "quantization"_a = std::string(to_string(stored.index.quantization)), "m"_a = stored.index.m,
      "ef_construction"_a = stored.index.ef_construction, "seed"_a = stored.index.seed,
      "vectors_in_memory"_a = stored.index.vectors_in_memory,
      "payloads_in_memory"_a = stored.index.payloads_in_memory, "payload_indexes"_a = indexes);
}

void reindex(Collection& self, const py::dict& config) {
  const VectorIndexConfig index = index_config(config);
  VectorCollection& collection = self.usable();
  unwrap(without_gil([&] { return collection.reindex(index); }));
}

}  // namespace

std::shared_ptr<Collection> open_collection(const std::shared_ptr<Session>& session,
                                            const std::string& name, const py::dict& config) {
  StorageEngine& engine = session->engine();
  if (config.empty()) {
    return collection_of(session,
                         without_gil([&] { return VectorCollection::open(engine, name); }));
  }
  const VectorCollectionConfig wanted = collection_config(config);
  return collection_of(session,
                       without_gil([&] { return VectorCollection::open(engine, name, wanted); }));
}

void bind_collections(py::module_& module) {
  py::class_<Collection, std::shared_ptr<Collection>> type(
      module, "Collection", "What `quartz.VectorCollection` is made of.");
  type.def_property_readonly("name", [](Collection& self) { return self.vectors.name(); })
      .def("upsert", &upsert)
      .def("remove", &remove)
      .def("get", &get)
      .def("scroll", &scroll)
      .def("count", &count)
      .def("contains",
           [](Collection& self, py::handle id) {
             const std::string wanted = bytes_of_text(id, "id");
             return self.read([&](VectorCollection& all) { return all.contains(wanted); });
           })
      .def("set_payload",
           [](Collection& self, py::handle id, py::handle payload, py::handle durability) {
             const std::string wanted = bytes_of_text(id, "id");
             const std::string text = bytes_of_text(payload, "payload");
             VectorCollection& collection = self.usable();
             const WriteOptions options{.durability = durability_of(durability)};
             return unwrap(
                 without_gil([&] { return collection.set_payload(wanted, text, options); }));
           })
      .def("statistics", &statistics)
      .def("config", &config)
      .def("reindex", &reindex)
      .def("create_payload_index",
           [](Collection& self, const std::string& field, py::handle kind) {
             const PayloadIndexKind chosen = payload_index_kind(kind);
             VectorCollection& collection = self.usable();
             unwrap(without_gil([&] { return collection.create_payload_index(field, chosen); }));
           })
      .def("wait_until_indexed",
           [](Collection& self) {
             VectorCollection& collection = self.usable();
             unwrap(without_gil([&] { return collection.wait_until_indexed(); }));
           })
      .def("save_index", [](Collection& self) {
        VectorCollection& collection = self.usable();
        unwrap(without_gil([&] { return collection.save_index(); }));
      });
  bind_searches(type);
}

}  // namespace quartz::python
