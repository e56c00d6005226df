#include "storage/log_preparer.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "base/mutant.hpp"
#include "base/start_thread.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

// A chunk takes about a millisecond, in which the appender fills less than the distance of two.
constexpr std::size_t kPopulateChunkBytes = std::size_t{4} << 20;
// Where records are synced, the appender is slow, and each sync writes out the zeros ahead of it.
constexpr std::size_t kPopulateChunkBytesSynced = std::size_t{128} << 10;

}  // namespace

LogPreparer::LogPreparer(io::FileSystem& files, const LogOptions& options, std::uint32_t next_id)
    : files_(files), options_(options), next_id_(next_id), expects_syncs_(options.expects_syncs) {}

LogPreparer::~LogPreparer() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    work_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mutex_);
  // Left behind they would be harmless, but the next replay would have to read them to know.
  if (prepared_) discard(*prepared_);
  for (const Segment& spare : spares_) discard(*spare);
}

Result<void> LogPreparer::start() {
  return start_thread(thread_, "quartz:prepare", [this] { run(); });
}

Result<LogPreparer::Segment> LogPreparer::take(std::size_t capacity) {
  Segment segment;
  std::uint32_t id = 0;
  io::Mapping::Pages kind{};
  {
    MutexLock lock(mutex_);
    kind = pages();
    if (!prepared_ && thread_.joinable()) ++waited_;
    // Whatever the thread is making has the next id, and ids must be used in order; making another
    // one here would not be faster either.
    while (preparing_) done_.wait(mutex_);
    segment = std::move(prepared_);
    prepared_ = nullptr;
    if (segment && unsuitable(*segment)) {
      id = segment->id;
      discard(*segment);
      segment = nullptr;
    } else if (!segment) {
      QUARTZ_ASSIGN(id, next_id());
    }
  }
  if (!segment) return make(id, std::max(capacity, options_.segment_bytes), kind);
  if (capacity > segment->capacity) {
    if (auto enlarged = fill_in(*segment, capacity, kind); !enlarged) {
      put_back(std::move(segment));
      return std::move(enlarged).error();
    }
  }
  return segment;
}

void LogPreparer::put_back(Segment segment) {
  MutexLock lock(mutex_);
  prepared_ = std::move(segment);
}

void LogPreparer::begin(Segment current) {
  MutexLock lock(mutex_);
  current_ = std::move(current);
  used_ = 0;
  populated_ = 0;
  prepare_requested_ = true;
  work_.notify_one();
}

std::size_t LogPreparer::advance(std::size_t used) {
  MutexLock lock(mutex_);
  used_ = used;
  work_.notify_one();
  return used + populate_chunk_bytes();
}

void LogPreparer::expect_syncs() {
  MutexLock lock(mutex_);
  expects_syncs_ = true;
  for (const Segment& spare : spares_) {
    if (unsuitable(*spare)) discard(*spare);
  }
  std::erase_if(
      spares_, [this](const Segment& spare) QUARTZ_REQUIRES(mutex_) { return unsuitable(*spare); });
}

void LogPreparer::settle(const LogSegment& segment) {
  MutexLock lock(mutex_);
  while (populating_ == &segment) done_.wait(mutex_);
}

bool LogPreparer::offer_spare(Segment& segment) {
  // Private memory behind a file is not worth it: the file would still have to be written anew.
  const bool reusable = segment->memory_is_file || !options_.persistent;
  if (!reusable || segment->capacity != options_.segment_bytes) return false;
  MutexLock lock(mutex_);
  if (spares_.size() >= options_.spare_segments_max || unsuitable(*segment)) return false;
  spares_.push_back(std::move(segment));
  return true;
}

std::uint64_t LogPreparer::recycled() const {
  MutexLock lock(mutex_);
  return recycled_;
}

std::uint64_t LogPreparer::waited() const {
  MutexLock lock(mutex_);
  return waited_;
}

std::size_t LogPreparer::populate_chunk_bytes() const {
  return expects_syncs_ ? kPopulateChunkBytesSynced : kPopulateChunkBytes;
}

bool LogPreparer::populate_wanted() const {
  return current_ && populated_ < std::min(current_->capacity, used_ + 2 * populate_chunk_bytes());
}

bool LogPreparer::prepare_wanted() const { return prepare_requested_ && !prepared_; }

void LogPreparer::run() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    // The appender meets missing pages at once, a missing segment only at the end of this one.
    if (populate_wanted()) {
      populate_some();
    } else if (prepare_wanted()) {
      prepare_one();
    } else {
      work_.wait(mutex_);
    }
  }
}

void LogPreparer::populate_some() {
  const Segment segment = current_;
  const std::size_t from = populated_;
  const std::size_t bytes = std::min(populate_chunk_bytes(), segment->capacity - from);
  populating_ = segment.get();
  mutex_.unlock();
  segment->memory.populate(from, bytes);
  mutex_.lock();
  populating_ = nullptr;
  if (current_ == segment) populated_ = from + bytes;
  done_.notify_all();
}

void LogPreparer::prepare_one() {
  prepare_requested_ = false;
  const auto id = next_id();
  if (!id) return;  // `take` meets the same and reports it.
  Segment spare;
  if (!spares_.empty()) {
    spare = std::move(spares_.back());
    spares_.pop_back();
  }
  const io::Mapping::Pages kind = pages();
  const std::size_t populated = populate_chunk_bytes();
  preparing_ = true;
  mutex_.unlock();
  const bool recycling = spare != nullptr;
  auto made = recycling ? recycle(std::move(spare), *id) : make(*id, options_.segment_bytes, kind);
  if (made) (*made)->memory.populate(0, std::min(populated, (*made)->capacity));
  mutex_.lock();
  preparing_ = false;
  // A failure is not kept: when the segment is needed `take` tries again, and its error is newer.
  if (made) {
    prepared_ = *std::move(made);
    if (recycling) ++recycled_;
  }
  done_.notify_all();
}

Result<std::uint32_t> LogPreparer::next_id() {
  if (next_id_ == std::numeric_limits<std::uint32_t>::max()) {
    return Error(Errc::unsupported,
                 options_.directory.string() + ": the log has used up its segment ids");
  }
  return next_id_++;
}

Result<LogPreparer::Segment> LogPreparer::make(std::uint32_t id, std::size_t capacity,
                                               io::Mapping::Pages pages) {
  if (options_.persistent) return make_file(id, capacity, pages);
  auto segment = std::make_shared<LogSegment>();
  segment->id = id;
  segment->used = kSegmentHeaderBytes;
  QUARTZ_TRY(fill_in(*segment, capacity, pages));
  return segment;
}

Result<LogPreparer::Segment> LogPreparer::make_file(std::uint32_t id, std::size_t capacity,
                                                    io::Mapping::Pages pages) {
  auto segment = std::make_shared<LogSegment>();
  segment->id = id;
  segment->used = kSegmentHeaderBytes;
  segment->path = options_.directory / segment_file_name(id);
  QUARTZ_ASSIGN(segment->file, files_.open(segment->path, io::OpenMode::create_new));
  const auto finish = [&]() -> Result<void> {
    QUARTZ_TRY(fill_in(*segment, capacity, pages));
    if (!mutant("new_segments_are_not_synced")) QUARTZ_TRY(segment->file->sync_data());
    if (mutant("names_of_new_segments_are_not_synced")) return {};
    return files_.sync_directory(options_.directory);
  };
  if (auto finished = finish(); !finished) {
    discard(*segment);
    return std::move(finished).error();
  }
  return segment;
}

// Space in the file and memory to go with it. Leaves `segment` as it was if it fails, but for a
// file that may have grown.
Result<void> LogPreparer::fill_in(LogSegment& segment, std::size_t capacity,
                                  io::Mapping::Pages pages) {
  if (segment.file) {
    const auto allocated = segment.file->allocate(capacity);
    // Records that are written one by one can meet a full disk later; it need not be now.
    const bool needed = options_.medium == LogMedium::mapped ||
                        (!allocated && allocated.error().code() == Errc::no_space);
    if (!allocated && needed) return allocated.error();
  }
  const bool mapped = segment.file && options_.medium == LogMedium::mapped;
  QUARTZ_ASSIGN(io::Mapping memory,
                mapped ? segment.file->map(capacity, pages) : io::Mapping::anonymous(capacity));
  segment.memory = std::move(memory);
  segment.memory_is_file = mapped;
  segment.huge_pages =
      mapped && pages == io::Mapping::Pages::automatic && capacity >= io::Mapping::kHugePageBytes;
  segment.capacity = capacity;
  return {};
}

// The old name goes before the old contents: under its new name the file's header and records still
// carry the old id and are recognised as left over, whenever a crash comes.
Result<LogPreparer::Segment> LogPreparer::recycle(Segment spare, std::uint32_t id) {
  auto segment = std::make_shared<LogSegment>();
  segment->id = id;
  segment->used = kSegmentHeaderBytes;
  segment->file = std::move(spare->file);
  segment->memory = std::move(spare->memory);
  segment->memory_is_file = spare->memory_is_file;
  segment->huge_pages = spare->huge_pages;
  segment->capacity = spare->capacity;
  if (!options_.persistent) return segment;
  segment->path = options_.directory / segment_file_name(id);
  if (auto renamed = files_.rename(spare->path, segment->path); !renamed) {
    discard(*spare);
    return std::move(renamed).error();
  }
  if (mutant("names_of_recycled_segments_are_not_synced")) return segment;
  if (auto synced = files_.sync_directory(options_.directory); !synced) {
    discard(*segment);
    return std::move(synced).error();
  }
  return segment;
}

// Best effort: a file that stays behind is recognised as unused.
void LogPreparer::discard(LogSegment& segment) {
  if (segment.path.empty()) return;
  (void)files_.remove(segment.path);
  segment.path.clear();
}

}  // namespace quartz::storage
