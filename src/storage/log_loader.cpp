#include "storage/log_loader.hpp"

#include <algorithm>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "base/start_thread.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

constexpr std::uint64_t kPieceBytes = std::uint64_t{1} << 20;
// How far the thread reads beyond what was asked for.
constexpr std::uint64_t kAheadBytes = 16 * kPieceBytes;

}  // namespace

LogLoader::~LogLoader() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<void> LogLoader::wait_for(std::uint64_t end) {
  if (end <= known_) return {};
  if (known_ == 0) {
    const std::uint64_t first_end = std::min<std::uint64_t>(kPieceBytes, into_.size());
    QUARTZ_TRY(read_piece(0, first_end));
    known_ = first_end;
    if (end <= known_) return {};
  }
  if (!thread_.joinable()) {
    try {
      thread_ = named_thread("quartz:load", [this, begin = known_] { run(begin); });
    } catch (const std::system_error&) {
      // No thread is to be had: then without one.
      QUARTZ_TRY(read_piece(known_, into_.size()));
      known_ = into_.size();
      return {};
    }
  }
  return wait_for_thread(end);
}

Result<void> LogLoader::wait_for_thread(std::uint64_t end) {
  MutexLock lock(mutex_);
  wanted_ = end;
  changed_.notify_all();
  while (loaded_ < end && !error_) changed_.wait(mutex_);
  if (loaded_ < end) return *error_;
  known_ = loaded_;
  return {};
}

// A file that became shorter since it was measured leaves zeros, which are no record.
Result<void> LogLoader::read_piece(std::uint64_t begin, std::uint64_t end) {
  QUARTZ_TRY(file_.read_at(begin, into_.subspan(begin, end - begin)));
  return {};
}

void LogLoader::run(std::uint64_t begin) {
  Result<void> result;
  try {
    result = read_on(begin);
  } catch (const std::bad_alloc&) {
    result = Error(Errc::io_error, file_.path().string() + ": out of memory while reading");
  }
  if (result) return;
  {
    MutexLock lock(mutex_);
    error_ = std::move(result).error();
  }
  changed_.notify_all();
}

Result<void> LogLoader::read_on(std::uint64_t begin) {
  // Space that was reserved and never written is skipped: it costs as much to read as records do.
  QUARTZ_ASSIGN(const std::vector<io::ByteRange> data, file_.data_ranges({begin, into_.size()}));
  for (const io::ByteRange& range : data) {
    loaded_to(range.begin);
    for (std::uint64_t at = range.begin; at < range.end;) {
      if (!wait_until_wanted(at)) return {};
      const std::uint64_t end = std::min(range.end, at + kPieceBytes);
      QUARTZ_TRY(read_piece(at, end));
      loaded_to(end);
      at = end;
    }
  }
  loaded_to(into_.size());
  return {};
}

// False if the loader is being dropped.
bool LogLoader::wait_until_wanted(std::uint64_t offset) {
  MutexLock lock(mutex_);
  while (!stopping_ && offset >= wanted_ + kAheadBytes) changed_.wait(mutex_);
  return !stopping_;
}

void LogLoader::loaded_to(std::uint64_t end) {
  {
    MutexLock lock(mutex_);
    loaded_ = end;
  }
  changed_.notify_all();
}

}  // namespace quartz::storage
