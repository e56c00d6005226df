#include "bench/run/copy_directory.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/try.hpp"

namespace quartz::bench {
namespace {

Result<void> copy_range(const io::File& from, io::File& to, io::ByteRange range,
                        std::vector<std::byte>& buffer) {
  while (range.begin < range.end) {
    const std::size_t wanted = std::min<std::uint64_t>(buffer.size(), range.end - range.begin);
    QUARTZ_ASSIGN(const std::size_t got,
                  from.read_at(range.begin, std::span(buffer).first(wanted)));
    if (got == 0) return {};
    QUARTZ_TRY(to.write_at(range.begin, std::span(buffer).first(got)));
    range.begin += got;
  }
  return {};
}

Result<void> copy_one_file(const io::Path& from, const io::Path& to) {
  constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
  io::FileSystem& files = io::posix_file_system();
  QUARTZ_ASSIGN(const auto source, files.open(from, io::OpenMode::read));
  QUARTZ_ASSIGN(const auto target, files.open(to, io::OpenMode::create_new));
  QUARTZ_ASSIGN(const std::uint64_t size, source->size());
  QUARTZ_TRY(target->truncate(size));
  QUARTZ_ASSIGN(const auto ranges, source->data_ranges({0, size}));
  std::vector<std::byte> buffer(kBufferBytes);
  for (const io::ByteRange& range : ranges) QUARTZ_TRY(copy_range(*source, *target, range, buffer));
  return {};
}

}  // namespace

Result<void> copy_directory(const io::Path& from, const io::Path& to) {
  QUARTZ_TRY(io::posix_file_system().create_directories(to));
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const io::Path target = to / entry.path().filename();
    QUARTZ_TRY(entry.is_directory() ? copy_directory(entry.path(), target)
                                    : copy_one_file(entry.path(), target));
  }
  return {};
}

}  // namespace quartz::bench
