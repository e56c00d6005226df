// What a record costs: appended to each medium of the log, and replayed. Records of one put with a
// 16-byte key and a 100-byte value. Arguments: records (default 1,000,000) and a directory for the
// files (default: the system's temporary one).
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/crc32c.hpp"
#include "io/file_system.hpp"
#include "storage/log.hpp"
#include "storage/log_replay.hpp"

namespace {

using namespace quartz;
using namespace quartz::storage;

constexpr int kRounds = 5;

struct Medium {
  const char* name;
  bool persistent;
  LogMedium medium;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Nanoseconds per record, copying and checksum of the operation included.
double append(const LogOptions& options, std::uint64_t records) {
  auto log = Log::open(io::posix_file_system(), options, {}).value();
  std::string key(16, 'k');
  const std::string value(100, 'v');
  const std::size_t bytes = operation_bytes(key.size(), value.size());
  const Stopwatch watch;
  for (Sequence sequence = 1; sequence <= records; ++sequence) {
    std::memcpy(key.data(), &sequence, sizeof(sequence));
    auto reservation = log->reserve(bytes);
    if (!reservation) {
      log->roll(bytes, sequence).value();
      reservation = log->reserve(bytes);
    }
    encode_operation(reservation->operations, OperationType::put, kDefaultKeyspaceId, key, value);
    const std::uint32_t crc = crc32c({reservation->operations, bytes});
    log->commit(*reservation, sequence, 1, crc).value();
  }
  const auto nanoseconds = static_cast<double>(watch.elapsed_ns());
  fmt::print("  waited for segments: {}\n", log->statistics().segments_waited);
  return nanoseconds / static_cast<double>(records);
}

// The same without a log: what copying and checksum alone cost.
double copy_only(std::uint64_t records) {
  std::string key(16, 'k');
  const std::string value(100, 'v');
  const std::size_t bytes = operation_bytes(key.size(), value.size());
  const std::size_t slot = record_bytes(bytes);
  auto memory = io::Mapping::anonymous(slot * records).value();
  memory.populate(0, memory.size());
  std::uint32_t sum = 0;
  const Stopwatch watch;
  for (Sequence sequence = 1; sequence <= records; ++sequence) {
    std::memcpy(key.data(), &sequence, sizeof(sequence));
    std::byte* const to = memory.data() + slot * (sequence - 1) + kRecordHeaderBytes;
    encode_operation(to, OperationType::put, kDefaultKeyspaceId, key, value);
    sum += crc32c({to, bytes});
  }
  const auto nanoseconds = static_cast<double>(watch.elapsed_ns());
  if (sum == 0) fmt::print("  unlikely\n");  // Keeps the compiler from leaving it out.
  return nanoseconds / static_cast<double>(records);
}

double replay(const std::filesystem::path& directory, std::uint64_t records) {
  std::uint64_t seen = 0;
  const Stopwatch watch;
  const auto found = replay_log(io::posix_file_system(), {.directory = directory},
                                [&](const ReplayedRecord& record) -> Result<void> {
                                  seen += record.operation_count;
                                  return {};
                                });
  found.value();
  if (seen != records) std::abort();
  return static_cast<double>(watch.elapsed_ns()) / static_cast<double>(records);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t records = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  const std::filesystem::path parent =
      argc > 2 ? std::filesystem::path(argv[2]) : std::filesystem::temp_directory_path();
  const auto directory = parent / "quartz-log-bench";
  constexpr std::array<Medium, 3> kMedia = {{{"mapped", true, LogMedium::mapped},
                                             {"file", true, LogMedium::file},
                                             {"memory", false, LogMedium::mapped}}};
  fmt::print("{} records of 16 + 100 bytes, median of {} rounds, ns per record\n", records,
             kRounds);
  std::vector<double> copies;
  for (int round = 0; round < kRounds; ++round) copies.push_back(copy_only(records));
  fmt::print("copy and checksum alone {:8.1f}\n", median(copies));
  for (const Medium& medium : kMedia) {
    std::vector<double> appends;
    std::vector<double> replays;
    for (int round = 0; round < kRounds; ++round) {
      std::filesystem::remove_all(directory);
      std::filesystem::create_directories(directory);
      appends.push_back(
          append({.directory = directory, .persistent = medium.persistent, .medium = medium.medium},
                 records));
      if (medium.persistent) replays.push_back(replay(directory, records));
    }
    fmt::print("append {:<17}{:8.1f}\n", medium.name, median(appends));
    if (!replays.empty()) fmt::print("replay {:<17}{:8.1f}\n", medium.name, median(replays));
  }
  std::filesystem::remove_all(directory);
  return 0;
}
