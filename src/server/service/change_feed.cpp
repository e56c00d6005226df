#include "server/service/change_feed.hpp"

#include <algorithm>
#include <new>
#include <optional>

#include "storage/engine.hpp"
#include "storage/keyspace_state.hpp"

namespace quartz::server {
namespace {

using storage::OperationType;
using storage::OperationView;

/// What one look goes through while writers wait.
constexpr std::size_t kLookMax = 4096;
constexpr std::size_t kPageMax = 256;

std::optional<std::size_t> database_of(const Databases& databases, storage::KeyspaceId keyspace) {
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    const Database* const database = databases.find(number);
    if (database != nullptr && database->rows.state().id == keyspace) return number;
  }
  return std::nullopt;
}

Change::What what_of(OperationType type) noexcept {
  switch (type) {
    case OperationType::put:
      return Change::What::put;
    case OperationType::remove:
      return Change::What::remove;
    case OperationType::remove_range:
      break;
  }
  return Change::What::remove_range;
}

bool is_wanted(const Change& change, const ChangeFeed::Choice& choice) {
  if (change.database != choice.database) return false;
  if (change.what != Change::What::remove_range) return change.key.starts_with(choice.prefix);
  // Unless the range ends before the prefix begins, or begins behind all that have it.
  return change.range_end > choice.prefix &&
         (change.key <= choice.prefix || change.key.starts_with(choice.prefix));
}

}  // namespace

ChangeFeed::~ChangeFeed() {
  MutexLock lock(begin_mutex_);
  if (begun_) engine_.engine().remove_observer(this);
}

void ChangeFeed::begin() {
  MutexLock begin_lock(begin_mutex_);
  if (begun_) return;
  begun_ = true;
  const storage::Sequence before = engine_.engine().add_observer(this);
  MutexLock lock(mutex_);
  forgotten_ = std::max(forgotten_, before);
}

ChangeFeed::Page ChangeFeed::since(std::uint64_t after, const Choice& choice) const {
  const std::uint64_t visible = engine_.sequence();
  Page page;
  page.through = after;
  MutexLock lock(mutex_);
  if (after < forgotten_) {
    page.lost = true;
    page.through = std::max(visible, forgotten_);
    return page;
  }
  auto next = std::ranges::upper_bound(changes_, after, {}, &Change::sequence);
  for (std::size_t looked = 0; next != changes_.end(); ++next, ++looked) {
    if (next->sequence > visible) {
      page.invisible = true;
      return page;
    }
    if (looked == kLookMax || page.changes.size() == kPageMax) {
      page.more = true;
      return page;
    }
    if (is_wanted(*next, choice)) page.changes.push_back(*next);
    page.through = next->sequence;
  }
  page.through = std::max(page.through, visible);
  return page;
}

void ChangeFeed::add(Waiter& waiter) {
  MutexLock lock(mutex_);
  waiters_.push_back(&waiter);
}

void ChangeFeed::remove(Waiter& waiter) {
  MutexLock lock(mutex_);
  std::erase(waiters_, &waiter);
}

void ChangeFeed::appended(storage::Sequence first_sequence, std::span<const std::byte> operations,
                          std::uint32_t count) noexcept {
  MutexLock lock(mutex_);
  bool any = false;
  std::size_t offset = 0;
  for (std::uint32_t index = 0; index < count; ++index) {
    const OperationView operation(operations.data() + offset);
    offset += operation.bytes();
    any |= keep_locked(first_sequence + index, operation);
  }
  if (!any) return;
  for (Waiter* const waiter : waiters_) waiter->wake();
}

bool ChangeFeed::keep_locked(storage::Sequence sequence, OperationView operation) {
  const auto database = database_of(databases_, operation.keyspace());
  if (!database) return false;
  try {
    Change change{.sequence = sequence,
                  .database = *database,
                  .what = what_of(operation.type()),
                  .key = std::string(operation.key()),
                  .range_end = {}};
    if (operation.type() == OperationType::remove_range) change.range_end = operation.value();
    key_bytes_ += change.key.size() + change.range_end.size();
    changes_.push_back(std::move(change));
  } catch (const std::bad_alloc&) {
    // Whoever waits learns that something is missing.
    changes_.clear();
    key_bytes_ = 0;
    forgotten_ = sequence;
    return true;
  }
  while (changes_.size() > limits_.changes_max || key_bytes_ > limits_.key_bytes_max) {
    drop_oldest_locked();
  }
  return true;
}

void ChangeFeed::drop_oldest_locked() {
  const Change& oldest = changes_.front();
  key_bytes_ -= oldest.key.size() + oldest.range_end.size();
  forgotten_ = oldest.sequence;
  changes_.pop_front();
}

}  // namespace quartz::server
