#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "quartz/quartz.h"
#include "support/scratch_directory.hpp"

namespace quartz::c_test {

/// What destroys a handle of C at the end of its scope.
template <class Handle, void (*destroy)(Handle*)>
struct Destroyer {
  void operator()(Handle* handle) const { destroy(handle); }
};
template <class Handle, void (*destroy)(Handle*)>
using Owned = std::unique_ptr<Handle, Destroyer<Handle, destroy>>;

using OwnedError = Owned<quartz_error, quartz_error_destroy>;
using OwnedEngine = Owned<quartz_engine, quartz_engine_destroy>;
using OwnedKeyspace = Owned<quartz_keyspace, quartz_keyspace_destroy>;
using OwnedSnapshot = Owned<quartz_snapshot, quartz_snapshot_destroy>;
using OwnedBatch = Owned<quartz_batch, quartz_batch_destroy>;
using OwnedReadSet = Owned<quartz_read_set, quartz_read_set_destroy>;
using OwnedCursor = Owned<quartz_cursor, quartz_cursor_destroy>;
using OwnedValue = Owned<quartz_value, quartz_value_destroy>;
using OwnedValues = Owned<quartz_values, quartz_values_destroy>;
using OwnedNames = Owned<quartz_names, quartz_names_destroy>;
using OwnedConfig = Owned<quartz_storage_config, quartz_storage_config_destroy>;
using OwnedCollection = Owned<quartz_collection, quartz_collection_destroy>;
using OwnedPoint = Owned<quartz_point, quartz_point_destroy>;
using OwnedHits = Owned<quartz_hits, quartz_hits_destroy>;

/// "ok", or what an error says: "not_found: ...". Destroys it.
inline std::string outcome(quartz_error* error) {
  const OwnedError owned(error);
  if (!owned) return "ok";
  return std::string(quartz_code_name(quartz_error_code(owned.get()))) + ": " +
         quartz_error_message(owned.get());
}

inline std::string text(quartz_bytes bytes) {
  return bytes.size == 0 ? std::string() : std::string(bytes.data, bytes.size);
}

/// An open database of its own.
inline OwnedEngine open_engine(const std::filesystem::path& directory) {
  quartz_engine* engine = nullptr;
  EXPECT_EQ(outcome(quartz_engine_open(directory.c_str(), nullptr, &engine)), "ok");
  return OwnedEngine(engine);
}

/// The value of a key, or "(none)".
inline std::string get(const OwnedEngine& engine, const char* key,
                       const quartz_keyspace* keyspace = nullptr,
                       const quartz_snapshot* snapshot = nullptr) {
  quartz_value* value = nullptr;
  EXPECT_EQ(outcome(quartz_engine_get(engine.get(), keyspace, snapshot, quartz_text(key), &value)),
            "ok");
  const OwnedValue owned(value);
  return owned ? text(quartz_value_bytes(owned.get())) : "(none)";
}

inline std::string put(const OwnedEngine& engine, const char* key, const char* value,
                       const quartz_keyspace* keyspace = nullptr,
                       const quartz_write_options* options = nullptr) {
  return outcome(
      quartz_engine_put(engine.get(), keyspace, quartz_text(key), quartz_text(value), options));
}

}  // namespace quartz::c_test
