#include "support/held_syncs.hpp"

#include <utility>

namespace quartz::io {

class HeldSyncs::HeldFile final : public File {
 public:
  HeldFile(HeldSyncs& owner, std::unique_ptr<File> below)
      : owner_(owner), below_(std::move(below)) {}

  const Path& path() const noexcept override { return below_->path(); }
  Result<std::uint64_t> size() const override { return below_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    return below_->read_at(offset, into);
  }
  Result<std::vector<ByteRange>> data_ranges(ByteRange within) const override {
    return below_->data_ranges(within);
  }
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return below_->write_at(offset, bytes);
  }
  Result<void> allocate(std::uint64_t bytes) override { return below_->allocate(bytes); }
  Result<void> truncate(std::uint64_t bytes) override { return below_->truncate(bytes); }
  Result<void> sync_data() override {
    owner_.pass(path());
    return below_->sync_data();
  }
  Result<void> sync_mapped(const Mapping& mapping, std::size_t bytes) override {
    owner_.pass(path());
    return below_->sync_mapped(mapping, bytes);
  }
  Result<Mapping> map(std::size_t bytes, Mapping::Pages pages) override {
    return below_->map(bytes, pages);
  }

 private:
  HeldSyncs& owner_;
  std::unique_ptr<File> below_;
};

void HeldSyncs::hold(std::string path_contains) {
  {
    MutexLock lock(mutex_);
    held_ = true;
    path_contains_ = std::move(path_contains);
    ++holds_;
    waiting_ = 0;
  }
  changed_.notify_all();
}

void HeldSyncs::release() {
  {
    MutexLock lock(mutex_);
    held_ = false;
  }
  changed_.notify_all();
}

void HeldSyncs::wait_until_held() {
  MutexLock lock(mutex_);
  while (waiting_ == 0) changed_.wait(mutex_);
}

std::uint64_t HeldSyncs::syncs() const {
  MutexLock lock(mutex_);
  return syncs_;
}

void HeldSyncs::pass(const Path& path) {
  MutexLock lock(mutex_);
  while (held_ && path.string().find(path_contains_) != std::string::npos) {
    const std::uint64_t hold = holds_;
    ++waiting_;
    changed_.notify_all();
    while (held_ && holds_ == hold) changed_.wait(mutex_);
    if (holds_ == hold) --waiting_;
  }
  ++syncs_;
}

Result<std::unique_ptr<File>> HeldSyncs::open(const Path& path, OpenMode mode) {
  auto file = below_.open(path, mode);
  if (!file) return std::move(file).error();
  return std::unique_ptr<File>(std::make_unique<HeldFile>(*this, *std::move(file)));
}

}  // namespace quartz::io
