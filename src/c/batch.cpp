#include <chrono>
#include <initializer_list>
#include <new>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/write_options.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

namespace {

// Adds an operation, whose bytes are given or which is refused, as is one that there is no memory
// for.
template <class Add>
void add(quartz_batch& batch, std::initializer_list<std::pair<const char*, quartz_bytes>> given,
         Add&& add) {
  try {
    for (const auto& [name, bytes] : given) {
      if (const auto checked = check_bytes(name, bytes); !checked) {
        batch.batch.refuse(checked.error());
        return;
      }
    }
    add(batch.batch);
  } catch (const std::bad_alloc&) {
    batch.batch.refuse(quartz::Error(quartz::Errc::no_space, "no memory"));
  }
}

}  // namespace

quartz_batch* quartz_batch_create() { return make_handle<quartz_batch>(); }

void quartz_batch_put(quartz_batch* batch, const quartz_keyspace* keyspace, quartz_bytes key,
                      quartz_bytes value) {
  add(*batch, {{"key", key}, {"value", value}}, [&](quartz::WriteBatch& to) {
    if (keyspace == nullptr) {
      to.put(view(key), view(value));
    } else {
      to.put(keyspace->keyspace, view(key), view(value));
    }
  });
}

void quartz_batch_put_expiring(quartz_batch* batch, const quartz_keyspace* keyspace,
                               quartz_bytes key, quartz_bytes value, std::int64_t expires_at) {
  const quartz::RowAttributes attributes{
      .expires_at = quartz::ExpiryTime(std::chrono::milliseconds(expires_at))};
  add(*batch, {{"key", key}, {"value", value}}, [&](quartz::WriteBatch& to) {
    if (keyspace == nullptr) {
      to.put(view(key), view(value), attributes);
    } else {
      to.put(keyspace->keyspace, view(key), view(value), attributes);
    }
  });
}

void quartz_batch_remove(quartz_batch* batch, const quartz_keyspace* keyspace, quartz_bytes key) {
  add(*batch, {{"key", key}}, [&](quartz::WriteBatch& to) {
    if (keyspace == nullptr) {
      to.remove(view(key));
    } else {
      to.remove(keyspace->keyspace, view(key));
    }
  });
}

void quartz_batch_remove_range(quartz_batch* batch, const quartz_keyspace* keyspace,
                               quartz_bytes first, quartz_bytes last) {
  add(*batch, {{"first", first}, {"last", last}}, [&](quartz::WriteBatch& to) {
    if (keyspace == nullptr) {
      to.remove_range(view(first), view(last));
    } else {
      to.remove_range(keyspace->keyspace, view(first), view(last));
    }
  });
}

void quartz_batch_upsert(quartz_batch* batch, const quartz_collection* collection, quartz_bytes id,
                         const float* vector, std::size_t dimensions, quartz_bytes payload) {
  add(*batch, {{"id", id}, {"payload", payload}}, [&](quartz::WriteBatch& to) {
    if (vector == nullptr) {
      to.refuse(quartz::Error(quartz::Errc::invalid_argument, "vector is NULL"));
    } else {
      to.upsert(collection->collection, view(id), std::span(vector, dimensions), view(payload));
    }
  });
}

void quartz_batch_remove_point(quartz_batch* batch, const quartz_collection* collection,
                               quartz_bytes id) {
  add(*batch, {{"id", id}},
      [&](quartz::WriteBatch& to) { to.remove(collection->collection, view(id)); });
}

void quartz_batch_clear(quartz_batch* batch) { batch->batch.clear(); }

std::size_t quartz_batch_count(const quartz_batch* batch) { return batch->batch.operation_count(); }

void quartz_batch_destroy(quartz_batch* batch) { delete batch; }

quartz_error* quartz_engine_write(quartz_engine* engine, const quartz_batch* batch,
                                  const quartz_write_options* options) {
  return guarded({{"engine", engine}, {"batch", batch}}, [&]() -> Result<void> {
    QUARTZ_ASSIGN(const auto how, write_options(options));
    return engine->engine.write(batch->batch, how);
  });
}

quartz_read_set* quartz_read_set_create(std::uint64_t sequence) {
  return make_handle<quartz_read_set>(quartz::ReadSet(sequence));
}

quartz_error* quartz_read_set_add(quartz_read_set* reads, const quartz_keyspace* keyspace,
                                  quartz_bytes key) {
  return guarded({{"reads", reads}}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    if (keyspace == nullptr) {
      reads->reads.add(view(key));
    } else {
      reads->reads.add(keyspace->keyspace, view(key));
    }
    return {};
  });
}

void quartz_read_set_restart(quartz_read_set* reads, std::uint64_t sequence) {
  reads->reads.restart(sequence);
}

void quartz_read_set_destroy(quartz_read_set* reads) { delete reads; }
