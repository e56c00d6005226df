#include "support/faulty_file_system.hpp"

#include <numeric>
#include <string_view>
#include <utility>

#include "base/try.hpp"

namespace quartz::io {

std::string_view to_string(Operation operation) noexcept {
  switch (operation) {
    case Operation::open:
      return "open";
    case Operation::size:
      return "size";
    case Operation::read:
      return "read";
    case Operation::write:
      return "write";
    case Operation::allocate:
      return "allocate";
    case Operation::truncate:
      return "truncate";
    case Operation::sync_data:
      return "sync_data";
    case Operation::map:
      return "map";
    case Operation::create_directories:
      return "create_directories";
    case Operation::sync_directory:
      return "sync_directory";
    case Operation::list:
      return "list";
    case Operation::exists:
      return "exists";
    case Operation::rename:
      return "rename";
    case Operation::link_or_copy:
      return "link_or_copy";
    case Operation::remove:
      return "remove";
    case Operation::remove_directory:
      return "remove_directory";
    case Operation::free_bytes:
      return "free_bytes";
    case Operation::keeps_allocation:
      return "keeps_allocation";
    case Operation::lock_directory:
      return "lock_directory";
  }
  return "unknown";
}

class FaultyFileSystem::FaultyFile final : public File {
 public:
  FaultyFile(const FaultyFileSystem& owner, std::unique_ptr<File> below)
      : owner_(owner), below_(std::move(below)) {}

  const Path& path() const noexcept override { return below_->path(); }
  Result<std::uint64_t> size() const override {
    QUARTZ_TRY(owner_.enter(Operation::size, path()));
    return below_->size();
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    QUARTZ_TRY(owner_.enter(Operation::read, path()));
    return below_->read_at(offset, into);
  }
  Result<std::vector<ByteRange>> data_ranges(ByteRange within) const override {
    QUARTZ_TRY(owner_.enter(Operation::read, path()));
    return below_->data_ranges(within);
  }
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    FaultEffect effect = FaultEffect::none;
    auto entered = owner_.enter(Operation::write, path(), &effect);
    if (entered) return below_->write_at(offset, bytes);
    if (effect == FaultEffect::short_write) {
      QUARTZ_TRY(below_->write_at(offset, bytes.first(bytes.size() / 2)));
    }
    return entered;
  }
  Result<void> allocate(std::uint64_t bytes) override {
    QUARTZ_TRY(owner_.enter(Operation::allocate, path()));
    return below_->allocate(bytes);
  }
  Result<void> truncate(std::uint64_t bytes) override {
    QUARTZ_TRY(owner_.enter(Operation::truncate, path()));
    return below_->truncate(bytes);
  }
  Result<void> sync_data() override {
    QUARTZ_TRY(owner_.enter(Operation::sync_data, path()));
    return below_->sync_data();
  }
  Result<void> sync_mapped(const Mapping& mapping, std::size_t bytes) override {
    QUARTZ_TRY(owner_.enter(Operation::sync_data, path()));
    return below_->sync_mapped(mapping, bytes);
  }
  Result<Mapping> map(std::size_t bytes, Mapping::Pages pages) override {
    QUARTZ_TRY(owner_.enter(Operation::map, path()));
    return below_->map(bytes, pages);
  }

 private:
  const FaultyFileSystem& owner_;
  std::unique_ptr<File> below_;
};

void FaultyFileSystem::fail(Operation operation, std::uint64_t nth, Errc code, FaultLength length,
                            std::string path_contains) {
  MutexLock lock(mutex_);
  rules_.push_back({operation, nth - 1, code, length, std::move(path_contains), FaultEffect::none});
}

void FaultyFileSystem::fail_any(std::uint64_t nth, Errc code, FaultLength length,
                                FaultEffect effect) {
  MutexLock lock(mutex_);
  rules_.push_back({std::nullopt, nth - 1, code, length, {}, effect});
}

void FaultyFileSystem::spare(Operation operation, std::string path_contains) {
  MutexLock lock(mutex_);
  spared_.emplace_back(operation, std::move(path_contains));
}

void FaultyFileSystem::clear_faults() {
  MutexLock lock(mutex_);
  rules_.clear();
}

std::uint64_t FaultyFileSystem::calls(Operation operation) const {
  MutexLock lock(mutex_);
  return calls_[static_cast<std::size_t>(operation)];
}

std::uint64_t FaultyFileSystem::calls() const {
  MutexLock lock(mutex_);
  return std::accumulate(calls_.begin(), calls_.end(), std::uint64_t{0});
}

std::uint64_t FaultyFileSystem::faults() const {
  MutexLock lock(mutex_);
  return faults_;
}

Result<void> FaultyFileSystem::enter(Operation operation, const Path& path,
                                     FaultEffect* effect) const {
  if (watcher_) watcher_(operation, path);
  MutexLock lock(mutex_);
  for (const auto& [spared, part] : spared_) {
    if (spared == operation && path.native().find(part) != std::string::npos) return {};
  }
  ++calls_[static_cast<std::size_t>(operation)];
  std::optional<Errc> fault;
  // Every rule sees every call, so that each counts for itself whatever the others do.
  for (Rule& rule : rules_) {
    if (rule.spent || (rule.operation && *rule.operation != operation)) continue;
    if (path.native().find(rule.path_contains) == std::string::npos) continue;
    if (rule.calls_before > 0) {
      --rule.calls_before;
      continue;
    }
    rule.spent = rule.length == FaultLength::once;
    if (fault) continue;
    fault = rule.code;
    if (effect != nullptr) *effect = rule.effect;
  }
  if (!fault) return {};
  ++faults_;
  return Error(*fault, path.string() + ": injected fault in " + std::string(to_string(operation)));
}

Result<std::unique_ptr<File>> FaultyFileSystem::open(const Path& path, OpenMode mode) {
  QUARTZ_TRY(enter(Operation::open, path));
  QUARTZ_ASSIGN(auto file, below_.open(path, mode));
  return std::unique_ptr<File>(std::make_unique<FaultyFile>(*this, std::move(file)));
}

Result<void> FaultyFileSystem::create_directories(const Path& directory) {
  QUARTZ_TRY(enter(Operation::create_directories, directory));
  return below_.create_directories(directory);
}

Result<void> FaultyFileSystem::sync_directory(const Path& directory) {
  QUARTZ_TRY(enter(Operation::sync_directory, directory));
  return below_.sync_directory(directory);
}

Result<std::vector<std::string>> FaultyFileSystem::list(const Path& directory) const {
  QUARTZ_TRY(enter(Operation::list, directory));
  return below_.list(directory);
}

Result<bool> FaultyFileSystem::exists(const Path& path) const {
  QUARTZ_TRY(enter(Operation::exists, path));
  return below_.exists(path);
}

Result<void> FaultyFileSystem::rename(const Path& from, const Path& to) {
  QUARTZ_TRY(enter(Operation::rename, from));
  return below_.rename(from, to);
}

Result<void> FaultyFileSystem::link_or_copy(const Path& from, const Path& to) {
  QUARTZ_TRY(enter(Operation::link_or_copy, from));
  return below_.link_or_copy(from, to);
}

Result<void> FaultyFileSystem::remove(const Path& path) {
  QUARTZ_TRY(enter(Operation::remove, path));
  return below_.remove(path);
}

Result<void> FaultyFileSystem::remove_directory(const Path& directory) {
  QUARTZ_TRY(enter(Operation::remove_directory, directory));
  return below_.remove_directory(directory);
}

Result<std::uint64_t> FaultyFileSystem::free_bytes(const Path& directory) const {
  QUARTZ_TRY(enter(Operation::free_bytes, directory));
  return below_.free_bytes(directory);
}

Result<bool> FaultyFileSystem::keeps_allocation(const Path& directory) const {
  QUARTZ_TRY(enter(Operation::keeps_allocation, directory));
  return below_.keeps_allocation(directory);
}

Result<DirectoryLock> FaultyFileSystem::lock_directory(const Path& directory) {
  QUARTZ_TRY(enter(Operation::lock_directory, directory));
  return below_.lock_directory(directory);
}

}  // namespace quartz::io
