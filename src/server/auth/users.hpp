#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/auth/user.hpp"

namespace quartz::server {

/// The users of a database. What changes survives power loss once the call has returned.
///
/// Threads: any number at a time. The engine must outlive it. Who else changes the rows, by an
/// object of his own, is noticed at the next log-in only.
class Users {
 public:
  static Result<std::unique_ptr<Users>> open(StorageEngine& engine);

  /// The new user's secret, which is kept nowhere. `already_exists`; `invalid_argument` for a bad
  /// name, and without a scope.
  Result<std::string> create(std::string_view name, std::span<const Scope> scopes);
  /// Another secret; of those before it only the newest stays valid. `not_found`.
  Result<std::string> rotate(std::string_view name);
  /// Removes the user. `not_found`.
  Result<void> revoke(std::string_view name);

  Result<std::optional<User>> find(std::string_view name) const;
  /// In the order of names.
  Result<std::vector<User>> all() const;
  bool any() const noexcept { return count_.load(std::memory_order_acquire) != 0; }
  /// Another one after every change.
  std::uint64_t version() const noexcept { return version_.load(std::memory_order_acquire); }

 private:
  Users(StorageEngine& engine, Keyspace keyspace) noexcept
      : engine_(engine), keyspace_(std::move(keyspace)) {}
  Result<void> settle(const Result<void>& written, std::size_t more) QUARTZ_REQUIRES(mutex_);

  StorageEngine& engine_;
  const Keyspace keyspace_;
  Mutex mutex_;  // One change at a time.
  std::atomic<std::size_t> count_{0};
  std::atomic<std::uint64_t> version_{1};
};

}  // namespace quartz::server
