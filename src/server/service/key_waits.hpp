#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/mutex.hpp"
#include "server/service/databases.hpp"
#include "server/service/key_changes.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {

/// Those who wait for something to take from a key. Of all who wait for one, the first to come is
/// woken when the key was written, and looks for itself whether there is something now; when it
/// leaves, the next one is, if there might be more.
///
/// Threads: any number at a time. While nobody waits, writes cost nothing more.
class KeyWaits : private KeyChangeListener {
 public:
  /// A place in the queues of several keys; gives them up when it goes.
  class Place {
   public:
    ~Place() { waits_.leave(*this); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// Before the keys are looked at: what is written from now on wakes again.
    void begin_look() { waits_.begin_look(*this); }

   private:
    friend class KeyWaits;
    Place(KeyWaits& waits, std::vector<std::string> queues, std::function<void()> wake)
        : waits_(waits), queues_(std::move(queues)), wake_(std::move(wake)) {}

    KeyWaits& waits_;
    const std::vector<std::string> queues_;
    const std::function<void()> wake_;
    bool woken_ = false;  // Guarded by the mutex of `waits_`.
  };

  explicit KeyWaits(KeyChanges& changes) noexcept : changes_(changes) {}

  /// Goes to the end of the queues. `wake` is called on a writer's thread, and must neither wait
  /// nor come back to this.
  std::unique_ptr<Place> enter(const Database& database, RowKind kind,
                               std::span<const std::string> keys, std::function<void()> wake);
  /// How many wait.
  std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  using Queue = std::deque<Place*>;

  void changed(std::span<const ChangedKey> keys, const void* origin) override;
  void emptied(std::size_t, const void*) override {}  // Nothing to take from there.
  void begin_look(Place& place);
  void leave(Place& place);
  void wake_first(const std::string& queue) QUARTZ_REQUIRES(mutex_);

  KeyChanges& changes_;
  std::atomic<std::size_t> count_{0};
  // Taken before that of `changes_`, which is taken before the other one.
  Mutex listening_mutex_;
  std::size_t listening_for_ QUARTZ_GUARDED_BY(listening_mutex_) = 0;
  Mutex mutex_;
  std::unordered_map<std::string, Queue> queues_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
