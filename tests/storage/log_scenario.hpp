#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "storage/log.hpp"
#include "storage/log_inspection.hpp"
#include "storage/log_replay.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {

/// One record as the tests see it: a put each.
struct LoggedPut {
  Sequence sequence = 0;
  std::string key;
  std::string value;
  bool operator==(const LoggedPut&) const = default;
};

/// A log in a directory of its own, what was appended to it, and ways to damage it.
class LogScenario {
 public:
  static constexpr std::size_t kSegmentBytes = 64 * 1024;
  static constexpr std::uint64_t kDatabaseId = 0x1122334455667788;

  explicit LogScenario(LogMedium medium = LogMedium::mapped,
                       io::FileSystem& files = io::posix_file_system());

  /// Opens the log where a replay says that it goes on; the replay must succeed.
  void open();
  void open_at(const LogStart& start);
  /// Ends the log without any farewell; the files stay as a killed process leaves them, except that
  /// the unused ones are gone and a synced last one is cut to its records.
  void close() { log.reset(); }

  /// Appends one put, in a new segment if the current one is full; the position after it.
  LogPosition put(std::string_view key, std::string_view value);
  Result<LogPosition> try_put(std::string_view key, std::string_view value);
  /// Records `first` to `last`, with keys and values that follow from the number.
  void put_numbered(int first, int last, std::size_t value_bytes = 100);
  void sync();
  std::shared_ptr<LogSegment> roll();

  /// A copy of the directory as it is now: what a killed process leaves.
  std::unique_ptr<ScratchDirectory> image() const;

  Result<LogReplay> replay(const std::filesystem::path& directory, Sequence applied = 0);
  Result<LogReplay> replay(Sequence applied = 0) { return replay(scratch.path(), applied); }
  Result<LogInspection> inspect(const std::filesystem::path& directory, Sequence applied = 0);
  /// The first `count` of all that was appended.
  std::vector<LoggedPut> first(std::size_t count) const;

  std::filesystem::path file(std::uint32_t id) const { return scratch / segment_file_name(id); }
  /// Position after the first `count` records.
  LogPosition log_end(std::size_t count) const { return ends.at(count - 1); }
  /// File offset of the numbered record (from 0), if all lie in the first segment.
  std::uint64_t offset_of(std::size_t index) const { return offsets.at(index); }

  ScratchDirectory scratch;
  io::FileSystem& files;
  LogOptions options;
  std::unique_ptr<Log> log;
  std::vector<LoggedPut> appended;
  std::vector<std::uint64_t> offsets;  // In its segment's file, for each of them.
  std::vector<LogPosition> ends;       // Behind each of them.
  std::vector<LoggedPut> replayed;     // By the last replay or inspection.
  Sequence next_sequence = 1;

 private:
  Result<void> collect(const ReplayedRecord& record);
};

// Changes to files behind the log's back.
void flip_bit(const std::filesystem::path& file, std::uint64_t offset, unsigned bit);
void overwrite(const std::filesystem::path& file, std::uint64_t offset, std::string_view bytes);
void zero(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t bytes);
std::string contents(const std::filesystem::path& file);

/// Names of the segment files in a directory, sorted.
std::vector<std::string> log_file_names(const std::filesystem::path& directory);

/// The operation that `put` logs.
std::string encoded_put(std::string_view key, std::string_view value);

}  // namespace quartz::storage
