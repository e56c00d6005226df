#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.hpp"
#include "base/random.hpp"
#include "io/file_system.hpp"
#include "support/simulated_contents.hpp"
#include "support/simulated_tree.hpp"

namespace quartz::io {

/// A file system in memory whose power can be cut. It knows what was synced from what was only
/// written, by calls or through mappings, and the contents of files from their names: a name that
/// was created, changed or removed is safe once its directory was synced, and no sooner. Of the
/// rest, in pages of 4 KiB and sectors of 512 bytes, a power cut leaves what a `PowerCut` says.
///
/// From the cut on every call that would change something, or promise that it is safe, fails with
/// `io_error`, "the power is off", until it is restored. Whoever still runs is a ghost: it can
/// read, so that it need not be able to bear errors there, and write to mappings, and all of that
/// is in vain. It must be gone by the time that power is restored, and must not outlive the disk.
/// Threads: all calls may run at the same time.
class SimulatedDisk final : public FileSystem {
 public:
  /// The seed of what reaches the platter unasked: nothing, if there is none.
  explicit SimulatedDisk(std::optional<std::uint64_t> write_back_seed = std::nullopt);
  ~SimulatedDisk() override;

  void cut_power(const PowerCut& cut);
  /// Instead of the `nth` call from now (1 is the next one).
  void cut_power_at(std::uint64_t nth, const PowerCut& cut);
  /// Forgets a cut that is still to come; what the last one left is the disk's contents.
  void restore_power();
  bool has_power() const;
  /// Calls so far.
  std::uint64_t calls() const;

  Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) override;
  Result<void> create_directories(const Path& directory) override;
  Result<void> sync_directory(const Path& directory) override;
  Result<std::vector<std::string>> list(const Path& directory) const override;
  Result<bool> exists(const Path& path) const override;
  Result<void> rename(const Path& from, const Path& to) override;
  Result<void> link_or_copy(const Path& from, const Path& to) override;
  Result<void> remove(const Path& path) override;
  Result<void> remove_directory(const Path& directory) override;
  Result<std::uint64_t> free_bytes(const Path& directory) const override;
  Result<bool> keeps_allocation(const Path& directory) const override;
  Result<DirectoryLock> lock_directory(const Path& directory) override;

 private:
  class OpenFile;
  using NodePointer = SimulatedTree::NodePointer;
  struct Planned {
    std::uint64_t calls_before = 0;
    PowerCut cut;
  };

  // Counts the call, and cuts the power if it is time to.
  void enter_reading() const QUARTZ_REQUIRES(mutex_);
  // The same; an error once the power is off.
  Result<void> enter(const Path& path) const QUARTZ_REQUIRES(mutex_);
  void cut_power_locked(const PowerCut& cut) const QUARTZ_REQUIRES(mutex_);
  Result<NodePointer> directory_of(const Path& path, std::string_view verb) const
      QUARTZ_REQUIRES(mutex_);
  void remove_entries(const NodePointer& directory) QUARTZ_REQUIRES(mutex_);

  mutable Mutex mutex_;
  // Mutable, because reading calls count as well.
  mutable SimulatedTree tree_ QUARTZ_GUARDED_BY(mutex_);
  mutable std::optional<SimulatedTree> left_ QUARTZ_GUARDED_BY(mutex_);  // While the power is off.
  mutable std::optional<Planned> planned_ QUARTZ_GUARDED_BY(mutex_);
  mutable std::uint64_t calls_ QUARTZ_GUARDED_BY(mutex_) = 0;
  std::optional<Random> write_back_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::io
