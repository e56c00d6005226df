#include <filesystem>
#include <optional>
#include <string_view>

#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

namespace {

std::optional<std::string_view> bound(quartz_bytes bytes) {
  return bytes.data == nullptr ? std::nullopt : std::optional(view(bytes));
}

}  // namespace

quartz_error* quartz_engine_open(const char* directory, const quartz_storage_config* config,
                                 quartz_engine** engine) {
  if (engine != nullptr) *engine = nullptr;
  return guarded({{"directory", directory}, {"engine", engine}}, [&]() -> Result<void> {
    return hand_out(quartz::StorageEngine::open(
                        directory, config == nullptr ? quartz::StorageConfig() : config->config),
                    engine);
  });
}

quartz_error* quartz_engine_close(quartz_engine* engine) {
  return guarded({{"engine", engine}}, [&] { return engine->engine.close(); });
}

void quartz_engine_destroy(quartz_engine* engine) { delete engine; }

std::uint64_t quartz_engine_sequence(const quartz_engine* engine) {
  return engine->engine.sequence();
}

std::int64_t quartz_engine_now(const quartz_engine* engine) {
  return engine->engine.now().time_since_epoch().count();
}

quartz_error* quartz_engine_snapshot(const quartz_engine* engine, quartz_snapshot** snapshot) {
  if (snapshot != nullptr) *snapshot = nullptr;
  return guarded({{"engine", engine}, {"snapshot", snapshot}}, [&]() -> Result<void> {
    *snapshot = new quartz_snapshot{engine->engine.snapshot()};
    return {};
  });
}

std::uint64_t quartz_snapshot_sequence(const quartz_snapshot* snapshot) {
  return snapshot->snapshot.sequence();
}

void quartz_snapshot_destroy(quartz_snapshot* snapshot) { delete snapshot; }

quartz_error* quartz_engine_flush(quartz_engine* engine) {
  return guarded({{"engine", engine}}, [&] { return engine->engine.flush(); });
}

quartz_error* quartz_engine_sync(quartz_engine* engine) {
  return guarded({{"engine", engine}}, [&] { return engine->engine.sync(); });
}

quartz_error* quartz_engine_compact(quartz_engine* engine, const quartz_keyspace* keyspace,
                                    quartz_bytes first, quartz_bytes last) {
  return guarded({{"engine", engine}}, [&] {
    return engine->engine.compact_range(bound(first), bound(last),
                                        keyspace == nullptr ? nullptr : &keyspace->keyspace);
  });
}

quartz_error* quartz_engine_checkpoint(quartz_engine* engine, const char* directory) {
  return guarded({{"engine", engine}, {"directory", directory}},
                 [&] { return engine->engine.checkpoint(directory); });
}
