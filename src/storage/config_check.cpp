#include "storage/config_check.hpp"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/longest_time.hpp"
#include "base/try.hpp"
#include "storage/log_options.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kSegmentBytesMin = std::size_t{64} << 10;
constexpr std::size_t kSegmentBytesMax = std::size_t{2} << 30;
constexpr std::size_t kTableFileBytesMin = std::size_t{64} << 10;

Result<void> in_range(std::string_view option, std::uint64_t value, std::uint64_t least,
                      std::uint64_t most) {
  if (value >= least && value <= most) return {};
  return Error(Errc::invalid_argument,
               fmt::format("{} = {} is outside of {} to {}", option, value, least, most));
}

}  // namespace

Result<void> check_config(const StorageConfig& config) {
  QUARTZ_TRY(in_range("segment_bytes", config.segment_bytes, kSegmentBytesMin, kSegmentBytesMax));
  if (config.segment_bytes % kPageBytes != 0) {
    return Error(Errc::invalid_argument, fmt::format("segment_bytes = {} is not a multiple of {}",
                                                     config.segment_bytes, kPageBytes));
  }
  if (config.memtable_bytes / 3 < config.segment_bytes) {
    return Error(Errc::invalid_argument,
                 fmt::format("memtable_bytes = {} is less than three times segment_bytes = {}",
                             config.memtable_bytes, config.segment_bytes));
  }
  if (config.flush_interval.count() < 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("flush_interval = {} ms is negative", config.flush_interval.count()));
  }
  if (config.flush_interval > kLongestTime) {
    return Error(Errc::invalid_argument, fmt::format("flush_interval = {} ms is more than a year",
                                                     config.flush_interval.count()));
  }
  if (config.enable_wal && config.durability == Durability::memory) {
    return Error(Errc::invalid_argument,
                 "durability = memory needs enable_wal = false: with a log, writes outlive the "
                 "process anyway");
  }
  QUARTZ_TRY(in_range("compaction_threshold", config.compaction_threshold, 1, 64));
  QUARTZ_TRY(in_range("level0_files_max", config.level0_files_max,
                      std::uint64_t{config.compaction_threshold} + 1, 1000));
  QUARTZ_TRY(in_range("max_level_size", config.max_level_size, 1, 1000));
  QUARTZ_TRY(in_range("table_file_bytes", config.table_file_bytes, kTableFileBytesMin,
                      std::uint64_t{4} << 30));
  QUARTZ_TRY(in_range("compaction_threads", config.compaction_threads, 1, 64));
  return in_range("read_threads", config.read_threads, 1, 256);
}

}  // namespace quartz::storage
