// What a record costs: appended to each medium of the log, and replayed. Records of one put with a
// 16-byte key and a 100-byte value, as the engine writes them; copying and checksum alone are the
// floor.
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>

#include "base/check.hpp"
#include "base/crc32c.hpp"
#include "io/file_system.hpp"
#include "storage/log.hpp"
#include "storage/log_replay.hpp"

namespace quartz::storage {
namespace {

constexpr std::uint64_t kRecords = 1'000'000;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kOperationBytes = operation_bytes(kKeyBytes, kValueBytes);

/// An empty directory below the present one, removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_ = "quartz_log_append_bench.tmp";
};

std::uint32_t encode_numbered(std::byte* to, std::uint64_t number) {
  static const std::string value(kValueBytes, 'v');
  std::string key(kKeyBytes, 'k');
  std::memcpy(key.data(), &number, sizeof(number));
  encode_operation(to, OperationType::put, kDefaultKeyspaceId, key, value);
  return crc32c({to, kOperationBytes});
}

void append_records(Log& log) {
  for (Sequence sequence = 1; sequence <= kRecords; ++sequence) {
    auto reservation = log.reserve(kOperationBytes);
    if (!reservation) {
      log.roll(kOperationBytes, sequence).value();
      reservation = log.reserve(kOperationBytes);
    }
    const std::uint32_t crc = encode_numbered(reservation->operations, sequence);
    log.commit(*reservation, sequence, 1, crc).value();
  }
}

void count_records(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecords));
}

void copy_and_checksum_alone(benchmark::State& state) {
  const std::size_t slot = record_bytes(kOperationBytes);
  auto memory = io::Mapping::anonymous(slot * kRecords).value();
  memory.populate(0, memory.size());
  for (auto _ : state) {
    std::uint32_t sum = 0;
    for (std::uint64_t i = 0; i < kRecords; ++i) {
      sum += encode_numbered(memory.data() + slot * i + kRecordHeaderBytes, i);
    }
    benchmark::DoNotOptimize(sum);
  }
  count_records(state);
}
BENCHMARK(copy_and_checksum_alone)->Unit(benchmark::kMillisecond);

void log_append(benchmark::State& state, bool persistent, LogMedium medium) {
  for (auto _ : state) {
    state.PauseTiming();
    const ScratchDirectory directory;
    auto log =
        Log::open(io::posix_file_system(),
                  {.directory = directory.path(), .persistent = persistent, .medium = medium}, {})
            .value();
    state.ResumeTiming();
    append_records(*log);
    state.PauseTiming();
    log.reset();
    state.ResumeTiming();
  }
  count_records(state);
}
BENCHMARK_CAPTURE(log_append, mapped, true, LogMedium::mapped)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_append, file, true, LogMedium::file)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(log_append, memory, false, LogMedium::mapped)->Unit(benchmark::kMillisecond);

void log_replay(benchmark::State& state) {
  const ScratchDirectory directory;
  append_records(*Log::open(io::posix_file_system(), {.directory = directory.path()}, {}).value());
  for (auto _ : state) {
    std::uint64_t seen = 0;
    replay_log(io::posix_file_system(), {.directory = directory.path()},
               [&](const ReplayedRecord& record) -> Result<void> {
                 seen += record.operation_count;
                 return {};
               })
        .value();
    QUARTZ_CHECK(seen == kRecords);
  }
  count_records(state);
}
BENCHMARK(log_replay)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace quartz::storage
