#include "c/call.hpp"
#include "c/handles.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
using namespace quartz::c;
using quartz::Result;

quartz_error* quartz_engine_create_keyspace(quartz_engine* engine, const char* name,
                                            quartz_keyspace** keyspace) {
  if (keyspace != nullptr) *keyspace = nullptr;
  return guarded({{"engine", engine}, {"name", name}, {"keyspace", keyspace}},
                 [&] { return hand_out(engine->engine.create_keyspace(name), keyspace); });
}

quartz_error* quartz_engine_keyspace(const quartz_engine* engine, const char* name,
                                     quartz_keyspace** keyspace) {
  if (keyspace != nullptr) *keyspace = nullptr;
  return guarded({{"engine", engine}, {"name", name}, {"keyspace", keyspace}},
                 [&] { return hand_out(engine->engine.keyspace(name), keyspace); });
}

quartz_error* quartz_engine_drop_keyspace(quartz_engine* engine, const quartz_keyspace* keyspace) {
  return guarded({{"engine", engine}, {"keyspace", keyspace}},
                 [&] { return engine->engine.drop_keyspace(keyspace->keyspace); });
}

quartz_error* quartz_engine_keyspace_names(const quartz_engine* engine, quartz_names** names) {
  if (names != nullptr) *names = nullptr;
  return guarded({{"engine", engine}, {"names", names}}, [&]() -> Result<void> {
    auto listed = std::make_unique<quartz_names>();
    for (const quartz::Keyspace& keyspace : engine->engine.keyspaces()) {
      listed->names.push_back(keyspace.name());
    }
    *names = listed.release();
    return {};
  });
}

void quartz_keyspace_destroy(quartz_keyspace* keyspace) { delete keyspace; }

std::size_t quartz_names_count(const quartz_names* names) { return names->names.size(); }

const char* quartz_names_at(const quartz_names* names, std::size_t index) {
  return index < names->names.size() ? names->names[index].c_str() : nullptr;
}

void quartz_names_destroy(quartz_names* names) { delete names; }
