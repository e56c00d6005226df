#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "quartz/quartz.h"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

// What the opaque types of the C interface are. They may go in any order: what was made from an
// engine answers `closed` once that is gone.

struct quartz_error {
  quartz_code code;
  std::string message;
};

struct quartz_storage_config {
  quartz::StorageConfig config;
};

struct quartz_engine {
  quartz::StorageEngine engine;
};

struct quartz_keyspace {
  quartz::Keyspace keyspace;
};

struct quartz_snapshot {
  quartz::Snapshot snapshot;
};

struct quartz_batch {
  quartz::WriteBatch batch;
};

struct quartz_read_set {
  quartz::ReadSet reads;
};

struct quartz_cursor {
  struct Destroy {
    void operator()(quartz_error* error) const noexcept { quartz_error_destroy(error); }
  };

  quartz::Cursor cursor;
  // Why the last move could not be made, where the cursor itself does not know.
  std::unique_ptr<quartz_error, Destroy> failure = {};
};

struct quartz_value {
  quartz::PinnedValue value;
};

struct quartz_values {
  std::vector<std::optional<std::string>> values;
};

struct quartz_names {
  std::vector<std::string> names;
};

struct quartz_collection {
  quartz::VectorCollection collection;
};

struct quartz_point {
  quartz::VectorPoint point;
};

struct quartz_hits {
  std::vector<quartz::VectorHit> hits;
};
