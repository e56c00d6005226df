#include "support/small_engine.hpp"

#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <system_error>

#include <fmt/format.h>

namespace quartz {

StorageConfig small_config() {
  StorageConfig config;
  config.segment_bytes = std::size_t{64} << 10;
  config.memtable_bytes = std::size_t{1} << 20;
  config.level0_files_max = 20;
  config.table_file_bytes = std::size_t{64} << 10;
  config.block_cache_bytes = std::size_t{1} << 20;
  config.cache_size = 1000;
  config.cache_bytes = std::size_t{1} << 20;
  config.free_space_min_bytes = 0;
  config.logger = [](LogLevel, std::string_view) {};
  return config;
}

StorageEngine open_small(const std::filesystem::path& directory, StorageConfig config) {
  return StorageEngine::open(directory, std::move(config)).value();
}

std::string numbered_key(std::uint64_t number) { return fmt::format("key{:06}", number); }

namespace {

std::string text_of(const Result<std::optional<std::string>>& value) {
  if (!value) return "(error: " + value.error().to_string() + ")";
  return value->value_or("(none)");
}

}  // namespace

std::string read(const StorageEngine& engine, std::string_view key, const ReadOptions& options) {
  return text_of(engine.get(key, options));
}

std::string read(const StorageEngine& engine, const Keyspace& keyspace, std::string_view key,
                 const ReadOptions& options) {
  return text_of(engine.get(keyspace, key, options));
}

Rows rows_of(const StorageEngine& engine, const ScanOptions& options) {
  Rows rows;
  Scan scan = engine.scan(options);
  for (const auto& [key, value] : scan) rows.emplace_back(key, value);
  if (scan.error()) rows.emplace_back("(error)", scan.error()->to_string());
  return rows;
}

std::vector<std::string> keys_of(const StorageEngine& engine, const ScanOptions& options) {
  std::vector<std::string> keys;
  for (auto& [key, value] : rows_of(engine, options)) keys.push_back(std::move(key));
  return keys;
}

void fill_active_memtable(StorageEngine& engine, const Keyspace& keyspace) {
  // More than half of a segment, so that the second one cannot lie beside the first.
  const std::string filler(std::size_t{40} << 10, 'f');
  for (int i = 0; i < 2; ++i) engine.put(keyspace, "filler", filler).value();
}

namespace {

std::map<std::string, std::uintmax_t> sizes_of_files(const std::filesystem::path& directory) {
  std::map<std::string, std::uintmax_t> sizes;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::error_code vanished;
    const std::uintmax_t size = entry.file_size(vanished);
    if (!vanished) sizes[entry.path().filename().string()] = size;
  }
  return sizes;
}

// A background compaction takes files away and grows the manifest: a copy is one moment's only if
// nothing changed while it was made.
void copy_levels(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (;;) {
    std::filesystem::remove_all(to);
    std::filesystem::create_directories(to);
    const auto before = sizes_of_files(from);
    for (const auto& [name, size] : before) {
      std::error_code vanished;
      std::filesystem::copy(from / name, to / name, vanished);
    }
    if (sizes_of_files(from) == before && sizes_of_files(to) == before) return;
  }
}

}  // namespace

void copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
  // The log first: segments may go once their rows are in the levels, never the other way round.
  std::filesystem::create_directories(to / "log");
  for (const auto& entry : std::filesystem::directory_iterator(from / "log")) {
    std::error_code vanished;
    std::filesystem::copy(entry.path(), to / "log" / entry.path().filename(), vanished);
  }
  for (const auto& entry : std::filesystem::directory_iterator(from)) {
    const std::filesystem::path name = entry.path().filename();
    // HEADROOM is megabytes of nothing, made again by whoever opens the copy.
    if (name == "log" || name == "HEADROOM") continue;
    if (name == "levels") {
      copy_levels(entry.path(), to / name);
    } else {
      std::filesystem::copy(entry.path(), to / name, std::filesystem::copy_options::recursive);
    }
  }
}

bool alone_in_process() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks)) == 1;
}

HeldFlushes::~HeldFlushes() { release(); }

void HeldFlushes::hold() {
  MutexLock lock(mutex_);
  wanted_ = true;
}

void HeldFlushes::wait_until_held() {
  MutexLock lock(mutex_);
  while (!held_) changed_.wait(mutex_);
}

void HeldFlushes::release() {
  {
    MutexLock lock(mutex_);
    wanted_ = false;
  }
  changed_.notify_all();
}

void HeldFlushes::on_flush(const FlushEvent&) {
  MutexLock lock(mutex_);
  held_ = wanted_;
  changed_.notify_all();
  while (wanted_) changed_.wait(mutex_);
  held_ = false;
}

}  // namespace quartz
