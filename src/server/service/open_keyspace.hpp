#pragma once

#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::server {

/// The keyspace of that name, created if there is none.
inline Result<Keyspace> open_keyspace(StorageEngine& engine, std::string_view name) {
  auto existing = engine.keyspace(name);
  if (existing || existing.error().code() != Errc::not_found) return existing;
  return engine.create_keyspace(name);
}

}  // namespace quartz::server
