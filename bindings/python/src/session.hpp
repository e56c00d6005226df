#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
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

/// Like `std::make_shared`. The object goes without the interpreter's lock, for its end may wait.
/// In a child of a fork it stays for ever: there are no threads of its engine to wait for, and the
/// files are those of the parent.
template <class T, class... Arguments>
std::shared_ptr<T> make_shared_outside_gil(Arguments&&... arguments) {
  return std::shared_ptr<T>(new T(std::forward<Arguments>(arguments)...),
                            [forks = fork_count()](T* object) {
                              if (forks != fork_count()) return;
                              if (PyGILState_Check() != 0) {
                                const pybind11::gil_scoped_release released;
                                delete object;
                              } else {
                                delete object;
                              }
                            });
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

  /// Throws `closed` in a child of the process that opened it.
  void check_process() const;
  /// Throws `closed` there, and after `close`.
  StorageEngine& engine();
  const std::filesystem::path& directory() const noexcept { return engine_.directory(); }
  bool closed() const noexcept { return closed_; }

  /// Will be let go by `close`.
  void add(const std::shared_ptr<Pin>& pin);
  /// Lets go of all pins, so that the directory is free afterwards, and closes the engine. Without
  /// the interpreter's lock.
  Result<void> close();

 private:
  StorageEngine engine_;
  const unsigned forks_when_opened_;
  std::atomic<bool> closed_{false};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Pin>> pins_;  // Guarded by mutex_.
  std::size_t pins_checked_at_ = 64;      // Guarded by mutex_; when those that are gone go.
};

}  // namespace quartz::python
