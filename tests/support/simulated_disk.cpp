#include "support/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/try.hpp"
#include "io/descriptor.hpp"

namespace quartz::io {
namespace {

constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 30;

Error without_power(const Path& path) {
  return {Errc::io_error, path.string() + ": the power is off"};
}

class HeldDirectory final : public DirectoryLock::Held {
 public:
  explicit HeldDirectory(std::shared_ptr<std::atomic<bool>> locked) : locked_(std::move(locked)) {}
  HeldDirectory(const HeldDirectory&) = delete;
  HeldDirectory& operator=(const HeldDirectory&) = delete;
  ~HeldDirectory() override { *locked_ = false; }

 private:
  std::shared_ptr<std::atomic<bool>> locked_;
};

}  // namespace

class SimulatedDisk::OpenFile final : public File {
 public:
  OpenFile(SimulatedDisk& disk, Path path, std::shared_ptr<SimulatedContents> contents,
           bool writable)
      : disk_(disk), path_(std::move(path)), contents_(std::move(contents)), writable_(writable) {}

  const Path& path() const noexcept override { return path_; }
  Result<std::uint64_t> size() const override {
    MutexLock lock(disk_.mutex_);
    disk_.enter_reading();
    return contents_->size();
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    MutexLock lock(disk_.mutex_);
    disk_.enter_reading();
    return contents_->read_at(offset, into);
  }
  Result<std::vector<ByteRange>> data_ranges(ByteRange within) const override {
    MutexLock lock(disk_.mutex_);
    disk_.enter_reading();
    return std::vector<ByteRange>{within};
  }
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(enter_writing("write"));
    contents_->write_at(offset, bytes);
    if (disk_.write_back_ && disk_.write_back_->one_in(8)) {
      contents_->write_back(*disk_.write_back_);
    }
    return {};
  }
  Result<void> allocate(std::uint64_t bytes) override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(enter_writing("allocate"));
    if (bytes > contents_->size()) contents_->truncate(bytes);
    return {};
  }
  Result<void> truncate(std::uint64_t bytes) override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(enter_writing("truncate"));
    contents_->truncate(bytes);
    return {};
  }
  Result<void> sync_data() override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(disk_.enter(path_));
    contents_->sync();
    return {};
  }
  Result<void> sync_mapped(const Mapping&, std::size_t bytes) override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(disk_.enter(path_));
    contents_->sync(bytes);
    return {};
  }
  Result<Mapping> map(std::size_t bytes, Mapping::Pages) override {
    MutexLock lock(disk_.mutex_);
    QUARTZ_TRY(enter_writing("map"));
    if (bytes > contents_->size()) return system_error(path_, "map", ENXIO);
    return contents_->map(bytes);
  }

 private:
  Result<void> enter_writing(std::string_view verb) QUARTZ_REQUIRES(disk_.mutex_) {
    QUARTZ_TRY(disk_.enter(path_));
    if (!writable_) return system_error(path_, verb, EBADF);
    return {};
  }

  SimulatedDisk& disk_;
  const Path path_;
  const std::shared_ptr<SimulatedContents> contents_;
  const bool writable_;
};

SimulatedDisk::SimulatedDisk(std::optional<std::uint64_t> write_back_seed) {
  MutexLock lock(mutex_);
  if (write_back_seed) write_back_.emplace(*write_back_seed);
}

SimulatedDisk::~SimulatedDisk() = default;

void SimulatedDisk::cut_power(const PowerCut& cut) {
  MutexLock lock(mutex_);
  if (!left_) cut_power_locked(cut);
}

void SimulatedDisk::cut_power_at(std::uint64_t nth, const PowerCut& cut) {
  MutexLock lock(mutex_);
  planned_ = Planned{nth - 1, cut};
}

void SimulatedDisk::restore_power() {
  MutexLock lock(mutex_);
  planned_.reset();
  if (left_) tree_ = std::move(*left_);
  left_.reset();
}

bool SimulatedDisk::has_power() const {
  MutexLock lock(mutex_);
  return !left_.has_value();
}

std::uint64_t SimulatedDisk::calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

void SimulatedDisk::cut_power_locked(const PowerCut& cut) const {
  Random random(cut.seed);
  left_ = tree_.after(cut, random);
}

void SimulatedDisk::enter_reading() const {
  ++calls_;
  if (planned_ && !left_ && planned_->calls_before-- == 0) cut_power_locked(planned_->cut);
}

Result<void> SimulatedDisk::enter(const Path& path) const {
  enter_reading();
  if (left_) return without_power(path);
  return {};
}

Result<SimulatedDisk::NodePointer> SimulatedDisk::directory_of(const Path& path,
                                                               std::string_view verb) const {
  NodePointer directory = tree_.directory_of(path);
  if (!directory) return system_error(path, verb, ENOENT);
  if (!directory->is_directory()) return system_error(path, verb, ENOTDIR);
  return directory;
}

Result<std::unique_ptr<File>> SimulatedDisk::open(const Path& path, OpenMode mode) {
  MutexLock lock(mutex_);
  enter_reading();
  QUARTZ_ASSIGN(const NodePointer directory, directory_of(path, "open"));
  NodePointer node = tree_.find(path);
  if (mode == OpenMode::create_new) {
    if (left_) return without_power(path);
    if (node) return system_error(path, "open", EEXIST);
    node = std::make_shared<SimulatedTree::Node>();
    node->contents = std::make_shared<SimulatedContents>();
    tree_.apply({{directory, SimulatedTree::name_of(path), node}});
  }
  if (!node) return system_error(path, "open", ENOENT);
  if (node->is_directory()) return system_error(path, "open", EISDIR);
  return std::unique_ptr<File>(
      std::make_unique<OpenFile>(*this, path, node->contents, mode != OpenMode::read));
}

Result<void> SimulatedDisk::create_directories(const Path& directory) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(directory));
  Path path = "/";
  for (const Path& part : directory.lexically_normal().relative_path()) {
    if (part.empty()) continue;
    const NodePointer above = tree_.find(path);
    path /= part;
    if (const NodePointer node = tree_.find(path)) {
      if (!node->is_directory()) return system_error(path, "create the directory", ENOTDIR);
    } else {
      tree_.apply({{above, part.string(), std::make_shared<SimulatedTree::Node>()}});
    }
  }
  return {};
}

Result<void> SimulatedDisk::sync_directory(const Path& directory) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(directory));
  const NodePointer node = tree_.find(directory);
  if (!node) return system_error(directory, "sync the directory", ENOENT);
  if (!node->is_directory()) return system_error(directory, "sync the directory", ENOTDIR);
  tree_.sync(node);
  return {};
}

Result<std::vector<std::string>> SimulatedDisk::list(const Path& directory) const {
  MutexLock lock(mutex_);
  enter_reading();
  const NodePointer node = tree_.find(directory);
  if (!node) return system_error(directory, "list", ENOENT);
  if (!node->is_directory()) return system_error(directory, "list", ENOTDIR);
  std::vector<std::string> names;
  for (const auto& [name, entry] : node->seen) names.push_back(name);
  return names;
}

Result<bool> SimulatedDisk::exists(const Path& path) const {
  MutexLock lock(mutex_);
  enter_reading();
  return tree_.find(path) != nullptr;
}

Result<void> SimulatedDisk::rename(const Path& from, const Path& to) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(from));
  QUARTZ_ASSIGN(const NodePointer source, directory_of(from, "rename"));
  QUARTZ_ASSIGN(const NodePointer target, directory_of(to, "rename"));
  const NodePointer node = tree_.find(from);
  if (!node) return system_error(from, "rename", ENOENT);
  if (const NodePointer replaced = tree_.find(to)) {
    if (replaced == node) return {};
    if (replaced->is_directory() != node->is_directory()) {
      return system_error(to, "rename to", node->is_directory() ? ENOTDIR : EISDIR);
    }
    if (!replaced->seen.empty()) return system_error(to, "rename to", ENOTEMPTY);
  }
  tree_.apply({{source, SimulatedTree::name_of(from), nullptr},
               {target, SimulatedTree::name_of(to), node}});
  return {};
}

Result<void> SimulatedDisk::link_or_copy(const Path& from, const Path& to) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(from));
  QUARTZ_ASSIGN(const NodePointer target, directory_of(to, "link"));
  const NodePointer node = tree_.find(from);
  if (!node) return system_error(from, "link", ENOENT);
  if (node->is_directory()) return system_error(from, "link", EISDIR);
  if (tree_.find(to)) return system_error(to, "link", EEXIST);
  tree_.apply({{target, SimulatedTree::name_of(to), node}});
  return {};
}

Result<void> SimulatedDisk::remove(const Path& path) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(path));
  QUARTZ_ASSIGN(const NodePointer directory, directory_of(path, "remove"));
  const NodePointer node = tree_.find(path);
  if (!node) return system_error(path, "remove", ENOENT);
  if (node->is_directory()) return system_error(path, "remove", EISDIR);
  tree_.apply({{directory, SimulatedTree::name_of(path), nullptr}});
  return {};
}

void SimulatedDisk::remove_entries(const NodePointer& directory) {
  const auto entries = directory->seen;
  for (const auto& [name, node] : entries) {
    if (node->is_directory()) remove_entries(node);
    tree_.apply({{directory, name, nullptr}});
  }
}

Result<void> SimulatedDisk::remove_directory(const Path& directory) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(directory));
  const NodePointer node = tree_.find(directory);
  if (!node) return {};
  QUARTZ_ASSIGN(const NodePointer above, directory_of(directory, "remove the directory"));
  remove_entries(node);
  tree_.apply({{above, SimulatedTree::name_of(directory), nullptr}});
  return {};
}

Result<std::uint64_t> SimulatedDisk::free_bytes(const Path&) const {
  MutexLock lock(mutex_);
  enter_reading();
  return kFreeBytes;
}

Result<bool> SimulatedDisk::keeps_allocation(const Path&) const {
  MutexLock lock(mutex_);
  enter_reading();
  return true;
}

Result<DirectoryLock> SimulatedDisk::lock_directory(const Path& directory) {
  MutexLock lock(mutex_);
  QUARTZ_TRY(enter(directory));
  const NodePointer node = tree_.find(directory);
  if (!node) return system_error(directory, "lock", ENOENT);
  if (node->locked->exchange(true)) {
    return Error(Errc::busy, (directory / "LOCK").string() + " is held by this process");
  }
  return DirectoryLock(std::make_unique<HeldDirectory>(node->locked));
}

}  // namespace quartz::io
