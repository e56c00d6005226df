// The segments of a log. The first byte says up to which sequence the levels are said to have
// everything. Of the rest, changes of a good log with its checksums made right again, of eight
// bytes each; or, if the first byte is 128 or more, the bytes of a segment as they are.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/check.hpp"
#include "fuzz/log_bytes.hpp"
#include "storage/log_inspection.hpp"
#include "storage/log_replay.hpp"
#include "support/corrupt_file.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kChangeBytes = 8;
constexpr std::size_t kChangesMax = 20;
using Change = std::array<std::uint8_t, kChangeBytes>;

// Three segments, of which the first two are known to be on disk.
LogBytes good_log() {
  using enum OperationType;
  LogBytes log;
  log.add_segment();
  log.add_record({operation_of(put, "a", "1")});
  log.add_record({operation_of(put, "b", "2"), operation_of(remove, "a", ""),
                  operation_of(remove_range, "c", "e")});
  log.add_record({operation_of(put, "f", "", {.expires_at = kExpiryTimeMax, .kind = 3})});
  log.sync();
  log.add_segment();
  log.add_record({operation_of(put, "g", std::string(40, 'x'))});
  log.sync();
  log.add_record({operation_of(remove, "g", "")});
  log.sync();
  log.add_segment();
  log.add_record({operation_of(put, "h", "3")});
  log.add_record({operation_of(put, "i", "4"), operation_of(put, "i", "5")});
  log.files.back().bytes.resize(log.files.back().bytes.size() + 64);
  return log;
}

void store_at(std::string& bytes, std::size_t place, std::uint64_t value) {
  if (bytes.size() - place < sizeof value) return;
  std::memcpy(bytes.data() + place, &value, sizeof value);
}

// A record of another place over the one that is nearest to this one.
void copy_record(const LogBytes& log, LogBytes::File& to, std::size_t place, const Change& change) {
  const LogBytes::File& from = log.files[change[4] % log.files.size()];
  if (from.records.empty() || to.records.empty()) return;
  const std::size_t source = from.records[change[5] % from.records.size()];
  const std::size_t target = to.records[place % to.records.size()];
  if (source >= from.bytes.size() || target >= to.bytes.size()) return;
  const std::string record = from.bytes.substr(source, kRecordHeaderBytes + change[6]);
  to.bytes.replace(target, std::min(record.size(), to.bytes.size() - target), record);
}

// What is done to the contents of a segment before it is sealed.
void change_contents(LogBytes& log, const Change& change) {
  LogBytes::File& file = log.files[change[1] % log.files.size()];
  if (file.bytes.empty()) return;
  const std::size_t place = (change[2] | std::size_t{change[3]} << 8) % file.bytes.size();
  switch (change[0] % 8) {
    case 0:
    case 1:
      file.bytes[place] = static_cast<char>(change[4]);
      break;
    case 2: {  // A field, small or nearly as large as it can be.
      const std::uint64_t value = change[4] | std::uint64_t{change[5]} << 8;
      store_at(file.bytes, place / 8 * 8, change[6] % 2 == 0 ? value : ~value);
      break;
    }
    case 3:
      file.bytes.resize(place);
      break;
    case 4:
      copy_record(log, file, place, change);
      break;
    case 5:
      file.id = change[4] | (change[5] % 2 == 0 ? 0 : 0xFFFFFF00);
      break;
    case 6:
      file.bytes.clear();
      break;
    default:  // Damage, which comes later.
      break;
  }
}

// What no checksum knows of.
void damage(LogBytes& log, const Change& change) {
  LogBytes::File& file = log.files[change[1] % log.files.size()];
  if (change[0] % 8 != 7 || file.bytes.empty()) return;
  const std::size_t place = (change[2] | std::size_t{change[3]} << 8) % file.bytes.size();
  const std::size_t end = std::min(file.bytes.size(), place + 1 + change[5]);
  std::fill(file.bytes.begin() + static_cast<std::ptrdiff_t>(place),
            file.bytes.begin() + static_cast<std::ptrdiff_t>(end), static_cast<char>(change[4]));
}

LogBytes changed_log(std::string_view input) {
  static const LogBytes good = good_log();
  LogBytes log = good;
  std::vector<Change> changes;
  while (input.size() >= kChangeBytes && changes.size() < kChangesMax) {
    std::memcpy(changes.emplace_back().data(), input.data(), kChangeBytes);
    input.remove_prefix(kChangeBytes);
  }
  for (const Change& change : changes) change_contents(log, change);
  log.seal();
  for (const Change& change : changes) damage(log, change);
  return log;
}

std::filesystem::path written(const LogBytes& log) {
  static const ScratchDirectory scratch;
  for (const auto& entry : std::filesystem::directory_iterator(scratch.path())) {
    std::filesystem::remove(entry.path());
  }
  for (const LogBytes::File& file : log.files) {
    if (!file.bytes.empty()) overwrite_file(scratch / segment_file_name(file.id), file.bytes);
  }
  return scratch.path();
}

// What was shown of a log: segment, offset and first sequence of each record.
struct Shown {
  using Record = std::tuple<std::uint32_t, std::uint64_t, Sequence>;

  // A record is what its own checksum says, and can be used.
  Result<void> add(const ReplayedRecord& record) {
    RecordHeader header;
    std::memcpy(&header, record.operations.data() - kRecordHeaderBytes, sizeof header);
    QUARTZ_CHECK(header.crc32c == record_crc(header, crc32c(record.operations)));
    QUARTZ_CHECK(header.first_sequence == record.first_sequence);
    QUARTZ_CHECK(header.operation_count == record.operation_count && record.operation_count > 0);
    QUARTZ_CHECK(header.segment_id == record.segment->id);
    QUARTZ_CHECK(well_formed(record.operations, record.operation_count));
    records.emplace_back(record.segment->id, offset_of(record), record.first_sequence);
    operation_count += record.operation_count;
    last = record.first_sequence + record.operation_count - 1;
    return {};
  }

  std::vector<Record> records = {};
  std::uint64_t operation_count = 0;
  Sequence last = 0;
};

// One record follows the other, from the first that is not in the levels on.
Result<LogReplay> replay(const ReplayOptions& options, Shown& shown) {
  return replay_log(io::posix_file_system(), options, [&](const ReplayedRecord& record) {
    const bool first = shown.records.empty();
    QUARTZ_CHECK(first ? record.first_sequence <= options.applied + 1
                       : record.first_sequence == shown.last + 1);
    auto added = shown.add(record);
    QUARTZ_CHECK(shown.last > options.applied);
    return added;
  });
}

void check_replay(const LogReplay& replay, const Shown& shown, Sequence applied) {
  QUARTZ_CHECK(replay.record_count == shown.records.size());
  QUARTZ_CHECK(replay.operation_count == shown.operation_count);
  QUARTZ_CHECK(replay.start.next_sequence > applied);
  QUARTZ_CHECK(shown.records.empty() || replay.start.next_sequence == shown.last + 1);
  QUARTZ_CHECK(replay.start.synced_through <= replay.start.position);
  QUARTZ_CHECK(replay.dropped_bytes == 0 ||
               replay.dropped_reason.find(".log: ") != std::string::npos);
}

// Who inspects a log sees all that a replay does, and finds nothing wrong with it.
void compare(const LogReplay& replay, const Shown& replayed, const LogInspection& inspection,
             Shown& inspected) {
  std::ranges::sort(inspected.records);
  for (const Shown::Record& record : replayed.records) {
    QUARTZ_CHECK(std::ranges::binary_search(inspected.records, record));
  }
  for (const auto& segment : replay.segments) {
    for (const Damage& each : inspection.damage) {
      QUARTZ_CHECK(each.file != segment->path.filename());
    }
  }
  QUARTZ_CHECK(inspection.unfinished_tail_bytes == replay.dropped_bytes);
}

void look_at(const LogBytes& log, Sequence applied) {
  const std::filesystem::path directory = written(log);
  Shown replayed;
  const auto replay = storage::replay(
      {.directory = directory, .database_id = LogBytes::kDatabaseId, .applied = applied}, replayed);
  Shown inspected;
  const auto inspection = inspect_log(
      io::posix_file_system(),
      {.directory = directory, .database_id = LogBytes::kDatabaseId, .applied = applied},
      [&](const ReplayedRecord& record) { return inspected.add(record); });
  QUARTZ_CHECK(inspection.has_value());
  QUARTZ_CHECK(inspection->record_count == inspected.records.size());
  QUARTZ_CHECK(inspection->operation_count == inspected.operation_count);
  if (replay) {
    check_replay(*replay, replayed, applied);
    compare(*replay, replayed, *inspection, inspected);
    return;
  }
  const Error& error = replay.error();
  QUARTZ_CHECK(error.code() == Errc::corruption || error.code() == Errc::unsupported);
  QUARTZ_CHECK(error.message().starts_with(directory.string()));
  QUARTZ_CHECK(!inspection->damage.empty());
}

}  // namespace
}  // namespace quartz::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using quartz::storage::LogBytes;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] < 128) {
    quartz::storage::look_at(quartz::storage::changed_log(rest), data[0] % 16U);
  } else {
    LogBytes log;
    log.files.push_back({.id = 1, .bytes = std::string(rest)});
    quartz::storage::look_at(log, data[0] % 16U);
  }
  return 0;
}
