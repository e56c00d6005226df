#include <chrono>
#include <string>
#include <vector>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/write_options.hpp"

namespace quartz::c {

Result<WriteOptions> write_options(const quartz_write_options* options) {
  WriteOptions made;
  if (options == nullptr) return made;
  if (options->unchanged != nullptr) made.unchanged = &options->unchanged->reads;
  switch (options->durability) {
    case QUARTZ_DURABILITY_DEFAULT:
      return made;
    case QUARTZ_DURABILITY_MEMORY:
      made.durability = Durability::memory;
      return made;
    case QUARTZ_DURABILITY_PROCESS:
      made.durability = Durability::process;
      return made;
    case QUARTZ_DURABILITY_DISK:
      made.durability = Durability::disk;
      return made;
  }
  return Error(Errc::invalid_argument,
               "there is no durability " + std::to_string(static_cast<int>(options->durability)));
}

Keyspace keyspace_of(const StorageEngine& engine, const quartz_keyspace* keyspace) {
  return keyspace == nullptr ? engine.default_keyspace() : keyspace->keyspace;
}

namespace {

ReadOptions read_options(const quartz_snapshot* snapshot) {
  return {.snapshot = snapshot == nullptr ? nullptr : &snapshot->snapshot};
}

}  // namespace
}  // namespace quartz::c

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

quartz_error* quartz_engine_put(quartz_engine* engine, const quartz_keyspace* keyspace,
                                quartz_bytes key, quartz_bytes value,
                                const quartz_write_options* options) {
  return guarded({{"engine", engine}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    QUARTZ_TRY(check_bytes("value", value));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return engine->engine.put(keyspace_of(engine->engine, keyspace), view(key), view(value), how);
  });
}

quartz_error* quartz_engine_put_expiring(quartz_engine* engine, const quartz_keyspace* keyspace,
                                         quartz_bytes key, quartz_bytes value,
                                         std::int64_t expires_at,
                                         const quartz_write_options* options) {
  return guarded({{"engine", engine}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    QUARTZ_TRY(check_bytes("value", value));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    const quartz::RowAttributes attributes{
        .expires_at = quartz::ExpiryTime(std::chrono::milliseconds(expires_at))};
    return engine->engine.put(keyspace_of(engine->engine, keyspace), view(key), view(value),
                              attributes, how);
  });
}

quartz_error* quartz_engine_remove(quartz_engine* engine, const quartz_keyspace* keyspace,
                                   quartz_bytes key, const quartz_write_options* options) {
  return guarded({{"engine", engine}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return engine->engine.remove(keyspace_of(engine->engine, keyspace), view(key), how);
  });
}

quartz_error* quartz_engine_remove_range(quartz_engine* engine, const quartz_keyspace* keyspace,
                                         quartz_bytes first, quartz_bytes last,
                                         const quartz_write_options* options) {
  return guarded({{"engine", engine}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("first", first));
    QUARTZ_TRY(check_bytes("last", last));
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return engine->engine.remove_range(keyspace_of(engine->engine, keyspace), view(first),
                                       view(last), how);
  });
}

quartz_error* quartz_engine_get(const quartz_engine* engine, const quartz_keyspace* keyspace,
                                const quartz_snapshot* snapshot, quartz_bytes key,
                                quartz_value** value) {
  if (value != nullptr) *value = nullptr;
  return guarded({{"engine", engine}, {"value", value}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    return hand_out_found(engine->engine.get_pinned(keyspace_of(engine->engine, keyspace),
                                                    view(key), read_options(snapshot)),
                          value);
  });
}

quartz_error* quartz_engine_contains(const quartz_engine* engine, const quartz_keyspace* keyspace,
                                     const quartz_snapshot* snapshot, quartz_bytes key,
                                     bool* contains) {
  if (contains != nullptr) *contains = false;
  return guarded({{"engine", engine}, {"contains", contains}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    QUARTZ_ASSIGN(*contains, engine->engine.contains(keyspace_of(engine->engine, keyspace),
                                                     view(key), read_options(snapshot)));
    return {};
  });
}

quartz_error* quartz_engine_multi_get(const quartz_engine* engine, const quartz_keyspace* keyspace,
                                      const quartz_snapshot* snapshot, const quartz_bytes* keys,
                                      std::size_t count, quartz_values** values) {
  if (values != nullptr) *values = nullptr;
  return guarded({{"engine", engine}, {"keys", keys}, {"values", values}}, [&]() -> Result<void> {
    std::vector<std::string_view> wanted;
    wanted.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      QUARTZ_TRY(check_bytes("a key", keys[i]));
      wanted.push_back(view(keys[i]));
    }
    return hand_out(engine->engine.multi_get(keyspace_of(engine->engine, keyspace), wanted,
                                             read_options(snapshot)),
                    values);
  });
}

quartz_bytes quartz_value_bytes(const quartz_value* value) { return bytes_of(value->value.view()); }

void quartz_value_destroy(quartz_value* value) { delete value; }

bool quartz_values_at(const quartz_values* values, std::size_t index, quartz_bytes* value) {
  if (index >= values->values.size() || !values->values[index]) return false;
  if (value != nullptr) *value = bytes_of(*values->values[index]);
  return true;
}

std::size_t quartz_values_count(const quartz_values* values) { return values->values.size(); }

void quartz_values_destroy(quartz_values* values) { delete values; }
