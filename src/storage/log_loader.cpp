#include "storage/log_loader.hpp"

#include <algorithm>
#include <vector>

#include "base/try.hpp"

namespace quartz::storage {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;

}  // namespace

LogLoader::~LogLoader() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

Result<void> LogLoader::wait_for(std::uint64_t end) {
  if (end <= loaded()) return {};
  if (loaded() == 0) {
    QUARTZ_TRY(load_to(std::min<std::uint64_t>(kPieceBytes, into_.size())));
    if (end <= loaded()) return {};
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  while (true) {
    const std::uint32_t seen = news_.load(std::memory_order_acquire);
    if (end <= loaded()) return {};
    if (ended_.load(std::memory_order_acquire)) return *error_;
    news_.wait(seen, std::memory_order_acquire);
  }
}

void LogLoader::run() {
  Result<void> result = load_rest();
  if (!result) error_ = std::move(result).error();
  ended_.store(true, std::memory_order_release);
  news_.fetch_add(1, std::memory_order_release);
  news_.notify_one();
}

Result<void> LogLoader::load_rest() {
  // Space that was reserved and never written is skipped: it costs as much to read as records do.
  QUARTZ_ASSIGN(const std::vector<io::ByteRange> data, file_.data_ranges({loaded(), into_.size()}));
  for (const io::ByteRange& range : data) {
    loaded_.store(std::max(loaded(), range.begin), std::memory_order_release);
    while (loaded() < range.end && !stopping_.load(std::memory_order_relaxed)) {
      QUARTZ_TRY(load_to(std::min(range.end, loaded() + kPieceBytes)));
      news_.fetch_add(1, std::memory_order_release);
      news_.notify_one();
    }
  }
  loaded_.store(into_.size(), std::memory_order_release);
  return {};
}

Result<void> LogLoader::load_to(std::uint64_t end) {
  const std::uint64_t begin = loaded();
  // A file that became shorter since it was measured leaves zeros, which are no record.
  QUARTZ_TRY(file_.read_at(begin, into_.subspan(begin, end - begin)));
  loaded_.store(end, std::memory_order_release);
  return {};
}

}  // namespace quartz::storage
