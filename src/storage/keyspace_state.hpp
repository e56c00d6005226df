#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "storage/operation.hpp"

namespace quartz::storage {

/// Which engine it is, of all that this process has ever opened. An address would not do: another
/// engine may get it once the first is gone.
using EngineNumber = std::uint64_t;

/// What a `Keyspace` handle points to; shared by all handles of one keyspace.
struct KeyspaceState {
  KeyspaceState(EngineNumber owner, KeyspaceId number, std::string text)
      : engine(owner), id(number), name(std::move(text)) {}

  const EngineNumber engine;  // To refuse handles of another.
  const KeyspaceId id;
  const std::string name;
  std::atomic<bool> dropped{false};
  // Cached rows read before this sequence may have been removed by range since.
  std::atomic<Sequence> cache_valid_from{0};
};

}  // namespace quartz::storage
