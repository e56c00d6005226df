#include "storage/log_scenario.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include <gtest/gtest.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/try.hpp"
#include "storage/stored_value.hpp"

namespace quartz::storage {

LogScenario::LogScenario(LogMedium medium, io::FileSystem& file_system) : files(file_system) {
  options.directory = scratch.path();
  options.segment_bytes = kSegmentBytes;
  options.medium = medium;
  options.database_id = kDatabaseId;
}

void LogScenario::open() {
  LogStart start;
  {
    auto found = replay();
    start = found.value().start;
    for (const io::Path& path : found->obsolete) files.remove(path).value();
  }
  appended = replayed;
  open_at(start);
}

void LogScenario::open_at(const LogStart& start) {
  log.reset();
  log = Log::open(files, options, start).value();
  next_sequence = start.next_sequence;
}

Result<LogPosition> LogScenario::try_put(std::string_view key, std::string_view value) {
  const std::size_t bytes = put_bytes(key.size(), value.size(), {});
  auto reservation = log->reserve(bytes);
  if (!reservation) {
    QUARTZ_TRY(log->roll(bytes, next_sequence));
    reservation = log->reserve(bytes);
    QUARTZ_CHECK(reservation.has_value());
  }
  const std::size_t offset = log->segment()->used;
  encode_put(reservation->operations, kDefaultKeyspaceId, key, value);
  const std::uint32_t crc = crc32c({reservation->operations, bytes});
  QUARTZ_ASSIGN(const LogPosition end, log->commit(*reservation, next_sequence, 1, crc));
  appended.push_back({next_sequence, std::string(key), std::string(value)});
  offsets.push_back(offset);
  ends.push_back(end);
  ++next_sequence;
  return end;
}

LogPosition LogScenario::put(std::string_view key, std::string_view value) {
  return try_put(key, value).value();
}

void LogScenario::put_numbered(int first_number, int last_number, std::size_t value_bytes) {
  for (int i = first_number; i <= last_number; ++i) {
    put("key " + std::to_string(i), std::string(value_bytes, static_cast<char>('a' + i % 26)));
  }
}

void LogScenario::sync() { log->wait_synced(log->end_position()).value(); }

std::shared_ptr<LogSegment> LogScenario::roll() { return log->roll(1, next_sequence).value(); }

std::unique_ptr<ScratchDirectory> LogScenario::image() const {
  auto copy = std::make_unique<ScratchDirectory>();
  // One by one: the log's own thread may make or rename a file meanwhile.
  for (const std::string& name : log_file_names(scratch.path())) {
    std::error_code gone;
    std::filesystem::copy_file(scratch / name, *copy / name, gone);
  }
  return copy;
}

Result<LogReplay> LogScenario::replay(const std::filesystem::path& directory, Sequence applied) {
  replayed.clear();
  return replay_log(files, {.directory = directory, .database_id = kDatabaseId, .applied = applied},
                    [this](const ReplayedRecord& record) { return collect(record); });
}

Result<LogInspection> LogScenario::inspect(const std::filesystem::path& directory,
                                           Sequence applied) {
  replayed.clear();
  return inspect_log(files,
                     {.directory = directory, .database_id = kDatabaseId, .applied = applied},
                     [this](const ReplayedRecord& record) { return collect(record); });
}

Result<void> LogScenario::collect(const ReplayedRecord& record) {
  EXPECT_EQ(record.operation_count, 1u);
  const OperationView operation(record.operations.data());
  replayed.push_back({record.first_sequence, std::string(operation.key()),
                      std::string(value_without_trailer(operation.value()))});
  return {};
}

std::vector<LoggedPut> LogScenario::first(std::size_t count) const {
  return {appended.begin(), appended.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const std::filesystem::path& file, std::uint64_t offset, std::string_view bytes) {
  // The first mode creates the file if it is not there, and changes nothing if it is.
  std::ofstream(file, std::ios::binary | std::ios::app);
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(static_cast<std::streamoff>(offset));
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  QUARTZ_CHECK(out.good());
}

void flip_bit(const std::filesystem::path& file, std::uint64_t offset, unsigned bit) {
  std::fstream both(file, std::ios::binary | std::ios::in | std::ios::out);
  both.seekg(static_cast<std::streamoff>(offset));
  const char flipped = static_cast<char>(both.get() ^ (1 << bit));
  both.seekp(static_cast<std::streamoff>(offset));
  both.put(flipped);
  QUARTZ_CHECK(both.good());
}

void zero(const std::filesystem::path& file, std::uint64_t offset, std::uint64_t bytes) {
  overwrite(file, offset, std::string(bytes, '\0'));
}

std::vector<std::string> log_file_names(const std::filesystem::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string encoded_put(std::string_view key, std::string_view value) {
  std::string bytes(put_bytes(key.size(), value.size(), {}), '\0');
  encode_put(reinterpret_cast<std::byte*>(bytes.data()), kDefaultKeyspaceId, key, value);
  return bytes;
}

}  // namespace quartz::storage
