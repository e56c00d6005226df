#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "storage/keyspace_state.hpp"
#include "storage/levels.hpp"

namespace quartz::storage {

/// `invalid_argument` or `too_large` unless `name` is 1 to `kKeyspaceNameBytesMax` bytes of
/// `[A-Za-z0-9._-]`.
Result<void> check_keyspace_name(std::string_view name);

/// The keyspaces of an engine by name and id. Threads: all calls may run at the same time.
class KeyspaceRegistry {
 public:
  KeyspaceRegistry(EngineNumber engine, std::span<const LevelsKeyspace> existing);

  const Keyspace& default_keyspace() const noexcept { return default_; }
  /// Null if there is none.
  std::shared_ptr<KeyspaceState> find(std::string_view name) const;
  std::shared_ptr<KeyspaceState> find(KeyspaceId id) const;
  /// The default one first, then by name.
  std::vector<Keyspace> all() const;

  /// A new id for `name`, which is not registered yet: ids are never used twice while the engine is
  /// open, so that old memtables cannot show an old keyspace's rows in a new one.
  Result<KeyspaceId> reserve_id(std::string_view name);
  Keyspace add(KeyspaceId id, std::string_view name);
  void remove(std::string_view name);

 private:
  const EngineNumber engine_;
  const Keyspace default_;
  mutable Mutex mutex_;
  std::map<std::string, std::shared_ptr<KeyspaceState>, std::less<>> by_name_
      QUARTZ_GUARDED_BY(mutex_);
  KeyspaceId next_id_ QUARTZ_GUARDED_BY(mutex_) = 1;
};

}  // namespace quartz::storage
