#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include <pybind11/pybind11.h>

#include "failure.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/snapshot.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::python {

/// Runs `work` while other threads may run Python. Everything that can wait goes through it, and
/// every lock of this module is taken inside of it only: whoever has one never waits for Python.
template <class Work>
auto without_gil(Work&& work) {
  const pybind11::gil_scoped_release released;
  return std::forward<Work>(work)();
}

/// How many forks lie between this process and the one that loaded the module.
unsigned fork_count() noexcept;

/// Deletes without the interpreter's lock, for the end of an object may wait. In a child of a fork
/// the object stays for ever: there are no threads of its engine to wait for, and the files are
/// those of the parent.
class DeleteOutsideGil {
 public:
  template <class T>
  void operator()(T* object) const {
    if (forks_ != fork_count()) return;
    if (PyGILState_Check() != 0) {
      const pybind11::gil_scoped_release released;
      delete object;
    } else {
      delete object;
    }
  }

 private:
  unsigned forks_ = fork_count();
};

/// Like `std::make_shared`, for what `DeleteOutsideGil` is to delete.
template <class T, class... Arguments>
std::shared_ptr<T> make_shared_outside_gil(Arguments&&... arguments) {
  return std::shared_ptr<T>(new T(std::forward<Arguments>(arguments)...), DeleteOutsideGil());
}

/// What keeps a closed engine's directory locked until it is let go.
class Pin {
 public:
  virtual ~Pin() = default;
  /// Waits for who uses it. Without the interpreter's lock.
  virtual void release() = 0;
};

class PinnedSnapshot final : public Pin {
 public:
  explicit PinnedSnapshot(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  void release() override {
    const std::unique_lock lock(mutex_);
    snapshot_.reset();
  }

  /// `read(snapshot)`, which returns a Result; `closed` if it was let go.
  template <class Read>
  auto use(Read&& read) const -> std::invoke_result_t<Read, const Snapshot&> {
    const std::shared_lock lock(mutex_);
    if (!snapshot_) return Error(Errc::closed, "the snapshot was closed");
    return std::forward<Read>(read)(*snapshot_);
  }

 private:
  mutable std::shared_mutex mutex_;
  std::optional<Snapshot> snapshot_;
};

/// An engine and what was made from it. Threads: any number at the same time.
class Session {
 public:
  explicit Session(StorageEngine engine);

  /// Whether this is a child of the process that opened it.
  bool is_parents() const noexcept { return forks_when_opened_ != fork_count(); }
  /// Throws `closed` in such a child.
  void check_process() const;
  /// Throws `closed` there, and after `close`.
  StorageEngine& engine();
  const std::filesystem::path& directory() const noexcept { return engine_.directory(); }
  bool closed() const noexcept { return closed_; }

  /// `work(engine)`, which returns a Result and may hold what locks the directory meanwhile:
  /// `close` waits for it. `closed` after `close`. Without the interpreter's lock.
  template <class Work>
  auto use(Work&& work) -> std::invoke_result_t<Work, StorageEngine&> {
    const std::shared_lock lock(users_);
    if (closed_) return Error(Errc::closed, "the database was closed");
    return std::forward<Work>(work)(engine_);
  }

  /// A pin that `close` lets go. Inside of `use` only, so that none is made behind `close`.
  template <class T, class... Arguments>
  std::shared_ptr<T> pin(Arguments&&... arguments) {
    const auto ended = std::make_shared<std::latch>(1);
    const std::shared_ptr<T> made(new T(std::forward<Arguments>(arguments)...),
                                  [ended, deleter = DeleteOutsideGil()](T* object) {
                                    deleter(object);
                                    ended->count_down();
                                  });
    add(Known{.pin = made, .ended = ended});
    return made;
  }

  /// Waits for who is in `use`, lets go of all pins, so that the directory is free afterwards,
  /// and closes the engine. Without the interpreter's lock.
  Result<void> close();

 private:
  struct Known {
    std::weak_ptr<Pin> pin;
    /// Counted down when the pin is deleted, which is later than when it cannot be had any more.
    std::shared_ptr<std::latch> ended;
  };

  void add(Known known);

  StorageEngine engine_;
  const unsigned forks_when_opened_;
  std::atomic<bool> closed_{false};
  std::shared_mutex users_;
  std::mutex mutex_;
  std::vector<Known> pins_;           // Guarded by mutex_.
  std::size_t pins_checked_at_ = 64;  // Guarded by mutex_; when those that are gone go.
};

}  // namespace quartz::python
