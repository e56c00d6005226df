#pragma once

#include <memory>
#include <string>
#include <utility>

#include "quartz/export.hpp"

namespace quartz {

namespace storage {
struct KeyspaceState;
}

/// A handle to one named, separately ordered set of keys within an engine. Cheap to copy. Valid
/// with the engine it came from only; another engine answers `invalid_argument`, and after the
/// keyspace was dropped every operation on it answers `closed`.
/// Threads: const operations may run at the same time.
class QUARTZ_EXPORT Keyspace {
 public:
  /// The name it was created with. "default" exists in every engine.
  const std::string& name() const noexcept;

  /// For Quartz's own use.
  explicit Keyspace(std::shared_ptr<storage::KeyspaceState> state) : state_(std::move(state)) {}
  storage::KeyspaceState& state() const noexcept { return *state_; }  ///< For Quartz's own use.
  /// For Quartz's own use.
  const std::shared_ptr<storage::KeyspaceState>& shared_state() const noexcept { return state_; }

 private:
  std::shared_ptr<storage::KeyspaceState> state_;  // Never null.
};

}  // namespace quartz
