#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/directory_lock.hpp"
#include "io/mapping.hpp"
#include "quartz/result.hpp"

namespace quartz::io {

using Path = std::filesystem::path;

/// [begin, end) of a file.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool operator==(const ByteRange&) const = default;
};

/// An open file. Every error names the path and what the system said; a full disk is `no_space`, a
/// refused permission or read-only file system `read_only`, the rest `io_error`. Interrupted calls
/// are retried. Threads: distinct ranges may be read and written at the same time.
class File {
 public:
  virtual ~File() = default;

  virtual const Path& path() const noexcept = 0;
  virtual Result<std::uint64_t> size() const = 0;
  /// Fills `into` from `offset`; how many bytes there were (fewer only at the end of the file).
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
  /// The parts of `within`, in order, that may hold something else than zeros; all of it where the
  /// file system does not tell. What was reserved and read since may count, so ask before reading.
  virtual Result<std::vector<ByteRange>> data_ranges(ByteRange within) const = 0;
  /// All of `bytes` or an error.
  virtual Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  /// Reserves blocks for [0, bytes) and makes the file at least that long, zero-filled, so that
  /// writing there cannot meet a full disk on file systems that keep such promises.
  virtual Result<void> allocate(std::uint64_t bytes) = 0;
  /// Cuts or extends. Nothing beyond the new end may be touched in a mapping any more.
  virtual Result<void> truncate(std::uint64_t bytes) = 0;
  /// Contents, and what is needed to find them, are on disk when it returns. After a failure the
  /// contents are unknown, and calling again proves nothing.
  virtual Result<void> sync_data() = 0;
  /// As `sync_data`, for the first bytes only; `mapping` is one of this file, from its beginning.
  virtual Result<void> sync_mapped(const Mapping& mapping, std::size_t bytes) = 0;
  /// Maps [0, bytes) for reading and writing, shared with the file. The file may be closed before
  /// the mapping goes. With huge pages, where the file system has them for files, whatever is
  /// written makes all of its page dirty: a sync then writes 2 MiB for a single byte.
  virtual Result<Mapping> map(std::size_t bytes, Mapping::Pages pages) = 0;
};

/// How `FileSystem::open` treats what exists.
enum class OpenMode : std::uint8_t {
  read,        ///< Must exist; reading only, and nothing is read ahead of what is asked for.
  read_write,  ///< Must exist.
  create_new,  ///< Must not exist; reading and writing.
};

/// The only way to the file system below the storage engine, so that tests can stand a simulated
/// disk in its place. Publishing a file is: write, sync_data, rename, sync_directory.
/// Threads: all calls may run at the same time.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<File>> open(const Path& path, OpenMode mode) = 0;
  /// `not_found`, `io_error`...; a directory that exists is fine.
  virtual Result<void> create_directories(const Path& directory) = 0;
  /// Makes creations, renames and removals in `directory` survive power loss.
  virtual Result<void> sync_directory(const Path& directory) = 0;
  /// Names (not paths) of the entries, sorted.
  virtual Result<std::vector<std::string>> list(const Path& directory) const = 0;
  virtual Result<bool> exists(const Path& path) const = 0;
  /// Replaces `to` atomically if it exists.
  virtual Result<void> rename(const Path& from, const Path& to) = 0;
  /// A hard link where possible, else a copy.
  virtual Result<void> link_or_copy(const Path& from, const Path& to) = 0;
  /// A file that does not exist is `not_found`.
  virtual Result<void> remove(const Path& path) = 0;
  /// With everything in it; one that does not exist is fine.
  virtual Result<void> remove_directory(const Path& directory) = 0;
  /// Bytes that an unprivileged process may still write.
  virtual Result<std::uint64_t> free_bytes(const Path& directory) const = 0;
  /// Whether space reserved by `File::allocate` is kept for later writes in place (ext4, xfs,
  /// tmpfs…; not on copy-on-write and network file systems).
  virtual Result<bool> keeps_allocation(const Path& directory) const = 0;
  /// Keeps everybody else out of an existing directory; `busy` if somebody is there.
  virtual Result<DirectoryLock> lock_directory(const Path& directory) = 0;
};

/// The operating system's. Lives for ever.
FileSystem& posix_file_system() noexcept;

/// Creates what is missing of `directory` and the directories above it, and syncs where each new
/// name is, so that they survive power loss.
Result<void> create_durable_directories(FileSystem& files, const Path& directory);

/// Writes `contents` to `path` so that after a crash either the old file or the whole new one is
/// there: staging file beside it, sync, rename, sync of the directory.
Result<void> publish_file(FileSystem& files, const Path& path, std::span<const std::byte> contents);

/// The whole file, at most `bytes_max` (`corruption` if it is larger).
Result<std::vector<std::byte>> read_file(FileSystem& files, const Path& path,
                                         std::size_t bytes_max);

}  // namespace quartz::io
