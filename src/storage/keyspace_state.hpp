#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "storage/operation.hpp"

namespace quartz::storage {

class Engine;

/// What a `Keyspace` handle points to; shared by all handles of one keyspace.
struct KeyspaceState {
  KeyspaceState(const Engine* owner, KeyspaceId number, std::string text)
      : engine(owner), id(number), name(std::move(text)) {}

  const Engine* const engine;  // Identity only, to refuse handles of another engine.
  const KeyspaceId id;
  const std::string name;
  std::atomic<bool> dropped{false};
  // Cached rows read before this sequence may have been removed by range since.
  std::atomic<Sequence> cache_valid_from{0};
};

}  // namespace quartz::storage
