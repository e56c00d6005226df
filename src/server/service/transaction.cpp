#include "server/service/transaction.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/try.hpp"
#include "storage/engine.hpp"
#include "storage/keyspace_state.hpp"

namespace quartz::server {
namespace {

bool any_dropped(const std::vector<Keyspace>& keyspaces) {
  return std::ranges::any_of(keyspaces, [](const Keyspace& keyspace) {
    return keyspace.state().dropped.load(std::memory_order_acquire);
  });
}

}  // namespace

void Transaction::restart_on_snapshot() {
  restart();
  snapshot_.emplace(engine_.snapshot());
}

void Transaction::restart() {
  snapshot_.reset();
  reads_.restart(engine_.sequence());
  isolated_ = false;
  invalid_ = false;
  forget_writes();
  kept_.clear();
}

void Transaction::forget_writes() {
  writes_.clear();
  events_.clear();
  told_.clear();
}

Result<std::optional<VisibleRow>> Transaction::read(const Keyspace& keyspace, std::string_view key,
                                                    Look look) {
  if (!writes_.empty()) {
    if (const PendingWrite* const write = writes_.find(keyspace, key)) {
      if (write->removed || has_expired(write->attributes)) return std::optional<VisibleRow>();
      return std::optional<VisibleRow>(*write);
    }
    if (writes_.covers(keyspace)) return std::optional<VisibleRow>();
  }
  if (look == Look::depending || (look == Look::independent && isolated_)) {
    reads_.add(keyspace, key);
  }
  QUARTZ_ASSIGN(std::optional<PinnedValue> pinned,
                engine_.get_pinned(keyspace, key, {.snapshot = snapshot()}));
  if (!pinned) return std::optional<VisibleRow>();
  return std::optional<VisibleRow>(std::move(*pinned));
}

// The commit of several rows waits for the memory of all of them together; for one alone the wait
// can begin now.
void Transaction::prefetch_first(const Keyspace& keyspace, std::string_view key) const {
  if (writes_.empty()) engine_.engine().prefetch_write(keyspace.state(), key);
}

void Transaction::put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                      const RowAttributes& attributes) {
  prefetch_first(keyspace, key);
  writes_.put(keyspace, key, value, attributes);
}

void Transaction::remove(const Keyspace& keyspace, std::string_view key) {
  prefetch_first(keyspace, key);
  writes_.remove(keyspace, key);
}

bool Transaction::has_expired(const RowAttributes& attributes) const {
  return attributes.expires_at && *attributes.expires_at <= engine_.now();
}

void Transaction::announce(KeyEventClass what, std::string_view event, const Database& database,
                           std::string_view key) {
  events_.push_back(
      {.what = what, .event = event, .database = database.number, .key = writes_.keep(key)});
}

Result<void> Transaction::commit(const WriteOptions& options) {
  Result<void> written = write(options);
  if (written) {
    for (const auto& told : told_) told();
  }
  told_.clear();
  return written;
}

Result<void> Transaction::write(const WriteOptions& options) {
  if (invalid_) return Error(Errc::conflict, "what was read is no more; read again and retry");
  if (writes_.empty() && (reads_.size() == 0 || snapshot_)) return {};
  batch_.clear();
  writes_.add_to(batch_);
  WriteOptions checked = options;
  checked.unchanged = reads_.size() == 0 ? nullptr : &reads_;
  Result<void> written = engine_.write(batch_, checked);
  const bool dropped = any_dropped(batch_.keyspaces()) || any_dropped(reads_.keyspaces());
  if (written || written.error().code() != Errc::closed || !dropped) return written;
  return Error(Errc::conflict, written.error().message());
}

}  // namespace quartz::server
