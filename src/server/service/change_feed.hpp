#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "server/service/databases.hpp"
#include "storage/record_observer.hpp"

namespace quartz::server {

/// A change of one key, or of all keys in a range.
struct Change {
  enum class What : std::uint8_t { put, remove, remove_range };
  std::uint64_t sequence = 0;  ///< Of the engine: unique, and in the order of the changes.
  std::size_t database = 0;
  What what = What::put;
  std::string key;        ///< Of a range, its first key,
  std::string range_end;  ///< and the first one behind it.
};

/// The newest changes of the rows of all databases, whoever made them, in their order. Nothing is
/// kept, and nothing costs anything, before the first `begin`; from then on as much as
/// `FeedLimits` allow. Threads: any number at a time.
class ChangeFeed : private storage::RecordObserver {
 public:
  struct Limits {
    std::size_t changes_max = std::size_t{1} << 16;
    std::size_t key_bytes_max = std::size_t{16} << 20;
  };

  /// Who waits for changes. `wake` is called for each record that has some, on the writer's thread
  /// and under the lock of all writers: it is brief, and calls nothing of the engine or the feed.
  class Waiter {
   public:
    virtual void wake() noexcept = 0;

   protected:
    ~Waiter() = default;
  };

  /// Both outlive this.
  ChangeFeed(StorageEngine& engine, const Databases& databases)
      : ChangeFeed(engine, databases, Limits()) {}
  ChangeFeed(StorageEngine& engine, const Databases& databases, const Limits& limits) noexcept
      : engine_(engine), databases_(databases), limits_(limits) {}
  ~ChangeFeed() override;
  ChangeFeed(const ChangeFeed&) = delete;
  ChangeFeed& operator=(const ChangeFeed&) = delete;

  /// Changes are kept from now on, if they were not before.
  void begin();

  struct Choice {
    std::size_t database = 0;
    std::string_view prefix;
  };
  struct Page {
    std::vector<Change> changes;
    std::uint64_t through = 0;  ///< Everything up to here was looked at.
    bool lost = false;          ///< Some of what was asked for is not kept any more.
    bool more = false;          ///< There are changes behind `through`.
    bool invisible = false;     ///< The next one is not visible to reads yet; it will be at once.
  };
  /// The changes behind `after` that `choice` wants and that reads see by now; a page of them.
  Page since(std::uint64_t after, const Choice& choice) const;

  void add(Waiter& waiter);
  /// It is woken no more.
  void remove(Waiter& waiter);

 private:
  void appended(storage::Sequence first_sequence, std::span<const std::byte> operations,
                std::uint32_t count) noexcept override;
  bool keep_locked(storage::Sequence sequence, storage::OperationView operation)
      QUARTZ_REQUIRES(mutex_);
  void drop_oldest_locked() QUARTZ_REQUIRES(mutex_);

  StorageEngine& engine_;
  const Databases& databases_;
  const Limits limits_;
  Mutex begin_mutex_;
  bool begun_ QUARTZ_GUARDED_BY(begin_mutex_) = false;
  mutable Mutex mutex_;  // Taken under the writers' lock of the engine.
  std::deque<Change> changes_ QUARTZ_GUARDED_BY(mutex_);
  std::size_t key_bytes_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::uint64_t forgotten_ QUARTZ_GUARDED_BY(mutex_) = 0;  // Changes up to here are not kept.
  std::vector<Waiter*> waiters_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
