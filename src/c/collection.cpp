#include <new>
#include <span>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/write_options.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

namespace {

// A number of C's for an enumeration of which `last` is the greatest.
template <class To>
Result<To> chosen(const char* name, int number, To last) {
  if (number >= 0 && number <= static_cast<int>(last)) return static_cast<To>(number);
  return quartz::Error(quartz::Errc::invalid_argument,
                       "there is no " + std::string(name) + " " + std::to_string(number));
}

Result<void> set_index(const quartz_collection_config& from, quartz::VectorIndexConfig& index) {
  QUARTZ_ASSIGN(index.quantization, chosen("quantization", static_cast<int>(from.quantization),
                                           quartz::Quantization::bit1));
  index.m = from.m;
  index.ef_construction = from.ef_construction;
  return {};
}

Result<quartz::VectorCollectionConfig> collection_config(const quartz_collection_config& from) {
  quartz::VectorCollectionConfig made;
  made.dimensions = from.dimensions;
  QUARTZ_ASSIGN(made.metric, chosen("metric", static_cast<int>(from.metric), quartz::Metric::dot));
  QUARTZ_TRY(set_index(from, made.index));
  return made;
}

quartz_collection_config to_c(const quartz::VectorCollectionConfig& config) {
  return {.dimensions = config.dimensions,
          .metric = static_cast<quartz_metric>(config.metric),
          .quantization = static_cast<quartz_quantization>(config.index.quantization),
          .m = config.index.m,
          .ef_construction = config.index.ef_construction};
}

// What is there need agree only in what a configuration in C can say: it may have been given
// indexes on payloads since.
Result<quartz::VectorCollection> open_collection(quartz::StorageEngine& engine, const char* name,
                                                 const quartz_collection_config* config) {
  auto opened = quartz::VectorCollection::open(engine, name);
  if (config == nullptr) return opened;
  QUARTZ_ASSIGN(quartz::VectorCollectionConfig wanted, collection_config(*config));
  if (!opened) {
    const bool missing = opened.error().code() == quartz::Errc::not_found;
    return missing ? quartz::VectorCollection::open(engine, name, wanted) : std::move(opened);
  }
  quartz::VectorCollectionConfig merged = opened->config();
  merged.dimensions = wanted.dimensions;
  merged.metric = wanted.metric;
  QUARTZ_TRY(set_index(*config, merged.index));
  return quartz::VectorCollection::open(engine, name, merged);
}

}  // namespace

quartz_collection_config quartz_collection_config_defaults(std::size_t dimensions) {
  return to_c(quartz::VectorCollectionConfig{.dimensions = dimensions});
}

quartz_error* quartz_collection_open(quartz_engine* engine, const char* name,
                                     const quartz_collection_config* config,
                                     quartz_collection** collection) {
  if (collection != nullptr) *collection = nullptr;
  return guarded({{"engine", engine}, {"name", name}, {"collection", collection}},
                 [&]() -> Result<void> {
                   return hand_out(open_collection(engine->engine, name, config), collection);
                 });
}

void quartz_collection_destroy(quartz_collection* collection) { delete collection; }

quartz_error* quartz_engine_drop_collection(quartz_engine* engine, const char* name) {
  return guarded({{"engine", engine}, {"name", name}},
                 [&] { return quartz::VectorCollection::drop(engine->engine, name); });
}

quartz_error* quartz_engine_collection_names(const quartz_engine* engine, quartz_names** names) {
  if (names != nullptr) *names = nullptr;
  return guarded({{"engine", engine}, {"names", names}}, [&]() -> Result<void> {
    *names = new quartz_names{quartz::VectorCollection::list(engine->engine)};
    return {};
  });
}

quartz_collection_config quartz_collection_stored_config(const quartz_collection* collection) {
  try {
    return to_c(collection->collection.config());
  } catch (const std::bad_alloc&) {
    return {};
  }
}

quartz_error* quartz_collection_upsert(quartz_collection* collection, quartz_bytes id,
                                       const float* vector, std::size_t dimensions,
                                       quartz_bytes payload, const quartz_write_options* options) {
  return guarded({{"collection", collection}, {"vector", vector}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("id", id));
    QUARTZ_TRY(check_bytes("payload", payload));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return collection->collection.upsert(view(id), std::span(vector, dimensions), view(payload),
                                         how);
  });
}

quartz_error* quartz_collection_remove(quartz_collection* collection, quartz_bytes id,
                                       const quartz_write_options* options) {
  return guarded({{"collection", collection}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("id", id));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return collection->collection.remove(view(id), how);
  });
}

quartz_error* quartz_collection_set_payload(quartz_collection* collection, quartz_bytes id,
                                            quartz_bytes payload,
                                            const quartz_write_options* options, bool* found) {
  if (found != nullptr) *found = false;
  return guarded({{"collection", collection}, {"found", found}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("id", id));
    QUARTZ_TRY(check_bytes("payload", payload));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    QUARTZ_ASSIGN(*found, collection->collection.set_payload(view(id), view(payload), how));
    return {};
  });
}

std::uint64_t quartz_collection_count(const quartz_collection* collection) {
  return collection->collection.count();
}

quartz_error* quartz_collection_count_matching(const quartz_collection* collection,
                                               const char* filter, std::uint64_t* count) {
  if (count != nullptr) *count = 0;
  return guarded({{"collection", collection}, {"filter", filter}, {"count", count}},
                 [&]() -> Result<void> {
                   QUARTZ_ASSIGN(*count, collection->collection.count(quartz::Filter(filter)));
                   return {};
                 });
}

quartz_error* quartz_collection_get(const quartz_collection* collection, quartz_bytes id,
                                    quartz_point** point) {
  if (point != nullptr) *point = nullptr;
  return guarded({{"collection", collection}, {"point", point}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("id", id));
    return hand_out_found(collection->collection.get(view(id)), point);
  });
}

std::size_t quartz_point_vector_count(const quartz_point* point) {
  return point->point.vectors.size();
}

const float* quartz_point_vector(const quartz_point* point, std::size_t index) {
  const auto& vectors = point->point.vectors;
  return index < vectors.size() ? vectors[index].data() : nullptr;
}

quartz_bytes quartz_point_payload(const quartz_point* point) {
  return bytes_of(point->point.payload);
}

void quartz_point_destroy(quartz_point* point) { delete point; }

quartz_error* quartz_collection_create_payload_index(quartz_collection* collection,
                                                     const char* field,
                                                     quartz_payload_index_kind kind) {
  return guarded({{"collection", collection}, {"field", field}}, [&]() -> Result<void> {
    QUARTZ_ASSIGN(const auto wanted, chosen("kind of payload index", static_cast<int>(kind),
                                            quartz::PayloadIndexKind::boolean));
    return collection->collection.create_payload_index(field, wanted);
  });
}

quartz_error* quartz_collection_wait_until_indexed(const quartz_collection* collection) {
  return guarded({{"collection", collection}},
                 [&] { return collection->collection.wait_until_indexed(); });
}

quartz_error* quartz_collection_reindex(quartz_collection* collection,
                                        const quartz_collection_config* config) {
  return guarded({{"collection", collection}, {"config", config}}, [&]() -> Result<void> {
    quartz::VectorIndexConfig index = collection->collection.config().index;
    QUARTZ_TRY(set_index(*config, index));
    return collection->collection.reindex(index);
  });
}
