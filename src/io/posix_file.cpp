#include "io/posix_file.hpp"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <limits>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>
#include <vector>

#include "base/check.hpp"
#include "base/mutant.hpp"
#include "base/try.hpp"

namespace quartz::io {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;  // Of copies and of writing zeros.
constexpr auto kOffsetMax = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());

// File systems that write reserved blocks in place. A list of the known good ones, because a wrong
// yes ends in a signal at a full disk, and a wrong no only in slower writes.
constexpr std::array<unsigned long, 3> kAllocationKeepers = {
    0xEF53,      // ext2, ext3, ext4
    0x58465342,  // xfs
    0x01021994,  // tmpfs
};

// Whether [offset, offset + bytes) has offsets that the system's signed ones can express.
bool addressable(std::uint64_t offset, std::uint64_t bytes) noexcept {
  return offset <= kOffsetMax && bytes <= kOffsetMax - offset;
}

}  // namespace

bool keeps_allocation(const struct statfs& status) noexcept {
  return std::find(kAllocationKeepers.begin(), kAllocationKeepers.end(),
                   static_cast<unsigned long>(status.f_type)) != kAllocationKeepers.end();
}

Result<std::uint64_t> PosixFile::size() const {
  struct stat status{};
  if (::fstat(descriptor_.get(), &status) != 0) return failed("stat", errno);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> PosixFile::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  if (!addressable(offset, into.size())) return failed("read", EOVERFLOW);
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = retry_interrupted([&] {
      return ::pread(descriptor_.get(), into.data() + filled, into.size() - filled,
                     static_cast<off_t>(offset + filled));
    });
    if (got < 0) return failed("read", errno);
    if (got == 0) break;  // The end of the file.
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

Result<std::vector<ByteRange>> PosixFile::data_ranges(ByteRange within) const {
  if (!addressable(within.begin, 0) || !addressable(within.end, 0)) {
    return failed("seek", EOVERFLOW);
  }
  // Others have called fresh data a hole before (OpenZFS did for years), and records would be lost.
  struct statfs status{};
  if (::fstatfs(descriptor_.get(), &status) != 0) return failed("stat the file system of", errno);
  if (!keeps_allocation(status)) return std::vector<ByteRange>{within};
  std::vector<ByteRange> ranges;
  while (within.begin < within.end) {
    const off_t data = ::lseek(descriptor_.get(), static_cast<off_t>(within.begin), SEEK_DATA);
    const off_t hole = data < 0 ? data : ::lseek(descriptor_.get(), data, SEEK_HOLE);
    if (hole < 0) {
      if (errno != ENXIO) ranges.push_back(within);  // ENXIO: no data from there on.
      break;
    }
    const auto begin = static_cast<std::uint64_t>(data);
    if (begin >= within.end) break;
    const std::uint64_t end = std::min(static_cast<std::uint64_t>(hole), within.end);
    ranges.push_back({begin, end});
    within.begin = end;
  }
  return ranges;
}

Result<void> PosixFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!addressable(offset, bytes.size())) return failed("write", EFBIG);
  std::size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t put = retry_interrupted([&] {
      return ::pwrite(descriptor_.get(), bytes.data() + written, bytes.size() - written,
                      static_cast<off_t>(offset + written));
    });
    if (put < 0) return failed("write", errno);
    // No progress without a reason given; going on could go on for ever.
    if (put == 0) return failed("write", EIO);
    written += static_cast<std::size_t>(put);
  }
  return {};
}

Result<void> PosixFile::allocate(std::uint64_t bytes) {
  if (bytes == 0) return {};
  if (!addressable(0, bytes)) return failed("allocate", EFBIG);
  const int result = retry_interrupted(
      [&] { return ::fallocate(descriptor_.get(), 0, 0, static_cast<off_t>(bytes)); });
  if (result == 0) return {};
  if (errno != EOPNOTSUPP) return failed("allocate", errno);
  // Such a file system promises nothing about later writes (`keeps_allocation` is false there), but
  // the file must still be long enough to be mapped, and a disk that is full now should say so.
  QUARTZ_ASSIGN(const std::uint64_t old_size, size());
  auto zeroed = write_zeros(old_size, bytes);
  // Of a half-done extension nothing should stay and take up the space that is missing.
  if (!zeroed && old_size < bytes) (void)truncate(old_size);
  return zeroed;
}

Result<void> PosixFile::write_zeros(std::uint64_t from, std::uint64_t to) {
  if (from >= to) return {};
  const std::vector<std::byte> zeros(
      static_cast<std::size_t>(std::min<std::uint64_t>(kBufferBytes, to - from)));
  while (from < to) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(zeros.size(), to - from));
    QUARTZ_TRY(write_at(from, std::span(zeros).first(count)));
    from += count;
  }
  return {};
}

Result<void> PosixFile::truncate(std::uint64_t bytes) {
  if (!addressable(0, bytes)) return failed("truncate", EFBIG);
  const int result =
      retry_interrupted([&] { return ::ftruncate(descriptor_.get(), static_cast<off_t>(bytes)); });
  if (result != 0) return failed("truncate", errno);
  return {};
}

Result<void> PosixFile::sync_data() {
  if (mutant("no_file_is_ever_synced")) return {};
  if (retry_interrupted([&] { return ::fdatasync(descriptor_.get()); }) != 0) {
    return failed("sync", errno);
  }
  return {};
}

Result<void> PosixFile::sync_mapped(const Mapping& mapping, std::size_t bytes) {
  QUARTZ_CHECK(bytes <= mapping.size());
  if (mutant("no_mapping_is_ever_synced")) return {};
  if (retry_interrupted([&] { return ::msync(mapping.data(), bytes, MS_SYNC); }) != 0) {
    return failed("sync", errno);
  }
  return {};
}

Result<Mapping> PosixFile::map(std::size_t bytes, Mapping::Pages pages) {
  QUARTZ_ASSIGN(const std::uint64_t available, size());
  if (bytes > available) {
    // The mapping would succeed, and the first touch beyond the end would kill the process.
    return Error(Errc::io_error, path_.string() + ": cannot map " + std::to_string(bytes) +
                                     " bytes: the file has " + std::to_string(available));
  }
  const bool huge = pages == Mapping::Pages::automatic && bytes >= Mapping::kHugePageBytes;
  // Without a place that suits, small pages do as well.
  std::byte* const place = huge ? Mapping::reserve_for_huge_pages(bytes) : nullptr;
  const int flags = MAP_SHARED | (place != nullptr ? MAP_FIXED : 0);
  void* const base = ::mmap(place, bytes, PROT_READ | PROT_WRITE, flags, descriptor_.get(), 0);
  // The reservation may be gone by now, and its place somebody else's: it is not given back.
  if (base == MAP_FAILED) return failed("map", errno);
  if (place != nullptr) (void)::madvise(base, bytes, MADV_HUGEPAGE);
  return Mapping(static_cast<std::byte*>(base), bytes,
                 [](std::byte* at, std::size_t size) noexcept { ::munmap(at, size); });
}

Result<void> PosixFile::copy_from(const PosixFile& source) {
  QUARTZ_ASSIGN(const std::uint64_t total, source.size());
  off_t from = 0;
  off_t to = 0;
  while (static_cast<std::uint64_t>(to) < total) {
    const ssize_t copied = retry_interrupted([&] {
      return ::copy_file_range(source.descriptor_.get(), &from, descriptor_.get(), &to,
                               static_cast<std::size_t>(total) - static_cast<std::size_t>(to), 0);
    });
    if (copied < 0 && errno == ENOSPC) return failed("write", errno);
    // Whatever else it dislikes (old kernels refuse to cross file systems), plain reads and writes
    // go on where it stopped, and find the error again if it is a real one.
    if (copied <= 0) break;
  }
  auto done = static_cast<std::uint64_t>(to);
  std::vector<std::byte> buffer;
  if (done < total) buffer.resize(kBufferBytes);
  while (done < total) {
    QUARTZ_ASSIGN(const std::size_t got, source.read_at(done, buffer));
    if (got == 0) break;
    QUARTZ_TRY(write_at(done, std::span(buffer).first(got)));
    done += got;
  }
  return {};
}

}  // namespace quartz::io
