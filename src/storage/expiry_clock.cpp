#include "storage/expiry_clock.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

using std::chrono::milliseconds;

// The file is two copies of a time and its checksum, written in turns: whatever becomes of one that
// is being written, the other is whole, and the later time counts. docs/formats/directory.md.
constexpr std::size_t kCopyBytes = 16;
constexpr std::size_t kCopies = 2;
constexpr std::size_t kFileBytes = kCopies * kCopyBytes;
using Copy = std::array<std::byte, kCopyBytes>;

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
// Later times would overflow as nanoseconds: they are the year 2255.
constexpr std::int64_t kShownMax = 9'000'000'000'000;
// A clock that is further ahead of the system's than this was not set by drift.
constexpr auto kAheadMax = std::chrono::minutes(1);

std::int64_t nanoseconds_of(ExpiryTime time) noexcept {
  return std::clamp<std::int64_t>(time.time_since_epoch().count(), 0, kShownMax) *
         kNanosecondsPerMillisecond;
}

Copy copy_of(ExpiryTime time) noexcept {
  Copy copy{};
  store(copy.data(), static_cast<std::uint64_t>(time.time_since_epoch().count()));
  store(copy.data() + 8, crc32c(std::span(copy).first(8)));
  return copy;
}

std::optional<ExpiryTime> time_of(std::span<const std::byte> copy) noexcept {
  const auto count = load<std::uint64_t>(copy.data());
  if (load<std::uint32_t>(copy.data() + 8) != crc32c(copy.first(8))) return std::nullopt;
  if (load<std::uint32_t>(copy.data() + 12) != 0 || count > kShownMax) return std::nullopt;
  return ExpiryTime(milliseconds(static_cast<std::int64_t>(count)));
}

/// What a file says, and which of its copies does: the other one is written next.
struct Latest {
  ExpiryTime time;
  std::size_t copy = 0;
};

std::optional<Latest> latest_of(io::FileSystem& files, const io::Path& path) {
  const auto bytes = io::read_file(files, path, kFileBytes);
  if (!bytes || bytes->size() != kFileBytes) return std::nullopt;
  std::optional<Latest> latest;
  for (std::size_t i = 0; i < kCopies; ++i) {
    const auto time = time_of(std::span(*bytes).subspan(i * kCopyBytes, kCopyBytes));
    if (time && (!latest || *time > latest->time)) latest = Latest{*time, i};
  }
  return latest;
}

}  // namespace

TimeSource TimeSource::system() {
  TimeSource source;
  source.wall = [] {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  source.steady = [] { return static_cast<std::int64_t>(steady_nanoseconds()); };
  return source;
}

std::optional<ExpiryTime> ExpiryClock::read(io::FileSystem& files, const io::Path& path) {
  const auto latest = latest_of(files, path);
  return latest ? std::optional(latest->time) : std::nullopt;
}

std::optional<Damage> ExpiryClock::find_damage(io::FileSystem& files, const io::Path& path) {
  const std::string name = path.filename().string();
  const auto bytes = io::read_file(files, path, kFileBytes);
  if (!bytes) return Damage{name, 0, bytes.error().message()};
  if (bytes->size() != kFileBytes) {
    return Damage{name, 0, fmt::format("has {} bytes instead of {}", bytes->size(), kFileBytes)};
  }
  for (std::size_t i = 0; i < kCopies; ++i) {
    if (time_of(std::span(*bytes).subspan(i * kCopyBytes, kCopyBytes))) continue;
    return Damage{name, i * kCopyBytes, "a copy of the time is damaged"};
  }
  return std::nullopt;
}

Result<void> ExpiryClock::write(io::FileSystem& files, const io::Path& path, ExpiryTime shown) {
  const Copy copy = copy_of(shown);
  std::array<std::byte, kFileBytes> image;
  for (std::size_t i = 0; i < kCopies; ++i) {
    std::copy(copy.begin(), copy.end(),
              image.begin() + static_cast<std::ptrdiff_t>(i * kCopyBytes));
  }
  return io::publish_file(files, path, image);
}

Result<std::shared_ptr<ExpiryClock>> ExpiryClock::open(io::FileSystem& files, const io::Path& path,
                                                       TimeSource source, Logger log) {
  const ExpiryTime wall(milliseconds(source.wall() / kNanosecondsPerMillisecond));
  QUARTZ_ASSIGN(const bool exists, files.exists(path));
  std::optional<Latest> latest = latest_of(files, path);
  if (!latest) {
    if (exists) {
      log(LogLevel::warning,
          fmt::format("{}: damaged; expiry goes by the system's clock from now on, which may bring "
                      "rows back if that was set back",
                      path.string()));
    }
    latest = Latest{std::clamp(wall, ExpiryTime(), ExpiryTime(milliseconds(kShownMax)))};
    QUARTZ_TRY(write(files, path, latest->time));
  } else if (latest->time > wall + kAheadMax) {
    log(LogLevel::warning,
        fmt::format("{}: the system's clock is {} s behind what expiry has gone by, and goes on by",
                    path.string(),
                    std::chrono::duration_cast<std::chrono::seconds>(latest->time - wall).count()));
  }
  QUARTZ_ASSIGN(auto file, files.open(path, io::OpenMode::read_write));
  // So that no store can meet a full disk.
  QUARTZ_TRY(file->allocate(kFileBytes));
  std::shared_ptr<ExpiryClock> clock(new ExpiryClock(std::move(file), (latest->copy + 1) % kCopies,
                                                     std::move(source), std::move(log)));
  clock->offset_ = nanoseconds_of(latest->time) - clock->source_.steady();
  clock->kept_ = latest->time;
  return clock;
}

ExpiryClock::ExpiryClock(std::unique_ptr<io::File> file, std::size_t next_copy, TimeSource source,
                         Logger log) noexcept
    : source_(std::move(source)),
      log_(std::move(log)),
      file_(std::move(file)),
      next_copy_(next_copy) {}

void ExpiryClock::raise_offset(std::int64_t offset) noexcept {
  std::int64_t current = offset_.load(std::memory_order_relaxed);
  while (offset > current &&
         !offset_.compare_exchange_weak(current, offset, std::memory_order_relaxed)) {
  }
}

// Neither of the two summands ever falls, so neither does their sum, in whatever order threads ask.
ExpiryTime ExpiryClock::now() noexcept {
  const std::int64_t steady = source_.steady();
  const std::int64_t wall =
      std::clamp<std::int64_t>(source_.wall(), 0, kShownMax * kNanosecondsPerMillisecond);
  raise_offset(wall - steady);
  const std::int64_t shown = offset_.load(std::memory_order_relaxed) + steady;
  return ExpiryTime(milliseconds(shown / kNanosecondsPerMillisecond));
}

bool ExpiryClock::expired_by_now(ExpiryTime at) noexcept {
  const ExpiryTime shown = now();
  if (at > shown) return false;
  keep(shown);
  return true;
}

void ExpiryClock::advance_to(ExpiryTime at) noexcept {
  raise_offset(nanoseconds_of(at) - source_.steady());
  keep(now());
}

// Before anybody is told of a row that it expired.
void ExpiryClock::keep(ExpiryTime shown) noexcept {
  const MutexLock lock(mutex_);
  if (shown <= kept_.load(std::memory_order_relaxed)) return;
  auto written = file_->write_at(next_copy_ * kCopyBytes, copy_of(shown));
  if (!written) note_failure(written.error());
  next_copy_ = (next_copy_ + 1) % kCopies;
  kept_.store(shown, std::memory_order_release);
}

void ExpiryClock::note_failure(const Error& error) {
  if (std::exchange(failed_, true)) return;
  log_(LogLevel::error,
       fmt::format("expired rows may come back if the system's clock is set back and the database "
                   "reopened: {}",
                   error.to_string()));
}

Result<void> ExpiryClock::save() {
  keep(now());
  const MutexLock lock(mutex_);
  if (mutant("the_clock_is_not_synced")) return {};
  return file_->sync_data();
}

}  // namespace quartz::storage
