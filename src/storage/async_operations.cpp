#include "quartz/storage/async_operations.hpp"

#include <utility>

#include "storage/engine.hpp"

namespace quartz::storage {

std::optional<Result<OptionalValue>> get_from_memory(Engine& engine, const Keyspace& keyspace,
                                                     std::string_view key) {
  return engine.get_from_memory(keyspace.state(), key);
}

void get_in_background(Engine& engine, Keyspace keyspace, std::string key,
                       std::function<void(Result<OptionalValue>)> done) {
  const auto taken =
      engine.run_blocking([&engine, keyspace = std::move(keyspace), key = std::move(key), done] {
        OptionalValue value(std::in_place);
        const auto found = engine.get_into(keyspace.state(), key, *value, {});
        if (!found) return done(found.error());
        if (!*found) value.reset();
        done(std::move(value));
      });
  if (!taken) done(taken.error());
}

std::optional<Result<void>> write_at_once(Engine& engine, const WriteBatch& batch,
                                          const WriteOptions& options) {
  return engine.write_at_once(batch, options);
}

void write_in_background(Engine& engine, WriteBatch batch, const WriteOptions& options,
                         std::function<void(Result<void>)> done) {
  engine.write_in_background(std::move(batch), options, std::move(done));
}

void flush_in_background(Engine& engine, std::function<void(Result<void>)> done) {
  const auto taken = engine.run_blocking([&engine, done] { done(engine.flush()); });
  if (!taken) done(taken.error());
}

void sync_in_background(Engine& engine, std::function<void(Result<void>)> done) {
  engine.sync_in_background(std::move(done));
}

}  // namespace quartz::storage
