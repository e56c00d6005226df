#include "storage/keyspace_registry.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/mutant.hpp"
#include "base/try.hpp"
#include "quartz/storage/limits.hpp"

namespace quartz {

const std::string& Keyspace::name() const noexcept { return state_->name; }

namespace storage {
namespace {

constexpr std::string_view kDefaultName = "default";

bool allowed_in_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

Result<void> check_keyspace_name(std::string_view name) {
  if (name.empty()) return Error(Errc::invalid_argument, "a keyspace name must not be empty");
  if (name.size() > kKeyspaceNameBytesMax) {
    return Error(Errc::too_large, fmt::format("keyspace name of {} bytes exceeds the limit of {} "
                                              "(kKeyspaceNameBytesMax)",
                                              name.size(), kKeyspaceNameBytesMax));
  }
  if (!std::all_of(name.begin(), name.end(), allowed_in_name)) {
    return Error(Errc::invalid_argument,
                 "a keyspace name consists of letters, digits, '.', '_' and '-'");
  }
  return {};
}

KeyspaceRegistry::KeyspaceRegistry(EngineNumber engine, std::span<const LevelsKeyspace> existing)
    : engine_(engine),
      default_(
          std::make_shared<KeyspaceState>(engine, kDefaultKeyspaceId, std::string(kDefaultName))) {
  by_name_.emplace(kDefaultName, default_.shared_state());
  for (const LevelsKeyspace& keyspace : existing) {
    if (keyspace.id == kDefaultKeyspaceId) continue;
    by_name_.emplace(keyspace.name,
                     std::make_shared<KeyspaceState>(engine, keyspace.id, keyspace.name));
    if (mutant("numbers_of_keyspaces_are_given_out_again")) continue;
    next_id_ = std::max(next_id_, keyspace.id + 1);
  }
}

std::shared_ptr<KeyspaceState> KeyspaceRegistry::find(std::string_view name) const {
  MutexLock lock(mutex_);
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

std::shared_ptr<KeyspaceState> KeyspaceRegistry::find(KeyspaceId id) const {
  MutexLock lock(mutex_);
  for (const auto& [name, state] : by_name_) {
    if (state->id == id) return state;
  }
  return nullptr;
}

std::vector<Keyspace> KeyspaceRegistry::all() const {
  std::vector<Keyspace> result{default_};
  MutexLock lock(mutex_);
  for (const auto& [name, state] : by_name_) {
    if (state->id != kDefaultKeyspaceId) result.emplace_back(state);
  }
  return result;
}

Result<KeyspaceId> KeyspaceRegistry::reserve_id(std::string_view name) {
  QUARTZ_TRY(check_keyspace_name(name));
  MutexLock lock(mutex_);
  if (by_name_.contains(name)) {
    return Error(Errc::already_exists, fmt::format("keyspace \"{}\" exists already", name));
  }
  if (by_name_.size() >= kKeyspacesMax) {
    return Error(Errc::too_large, fmt::format("keyspace \"{}\" would exceed the limit of {} "
                                              "keyspaces (kKeyspacesMax)",
                                              name, kKeyspacesMax));
  }
  if (next_id_ > kKeyspaceIdMax) {
    return Error(Errc::too_large,
                 "too many keyspaces were created since the engine was opened; "
                 "reopen it");
  }
  return next_id_++;
}

Keyspace KeyspaceRegistry::add(KeyspaceId id, std::string_view name) {
  auto state = std::make_shared<KeyspaceState>(engine_, id, std::string(name));
  MutexLock lock(mutex_);
  by_name_.emplace(name, state);
  return Keyspace(std::move(state));
}

void KeyspaceRegistry::remove(std::string_view name) {
  MutexLock lock(mutex_);
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) by_name_.erase(found);
}

}  // namespace storage
}  // namespace quartz
