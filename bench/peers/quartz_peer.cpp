#include <algorithm>
#include <utility>

#include "bench/peers/peer.hpp"
#include "bench/peers/poll.hpp"
#include "bench/peers/remark.hpp"
#include "quartz/quartz.hpp"

namespace quartz::bench {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kSegmentBytesMin = std::size_t{64} << 10;
constexpr std::size_t kSegmentBytesUsual = std::size_t{64} << 20;
constexpr std::size_t kSegmentBytesMax = std::size_t{2} << 30;

std::size_t whole_pages(std::size_t bytes) { return bytes / kPageBytes * kPageBytes; }

void set_memtables(const PeerOptions& options, StorageConfig& config) {
  if (options.keep_in_log) {
    // A segment that is full is flushed, so one has to hold everything; records have headers, and
    // small rows little else.
    const std::size_t bytes = whole_pages(2 * options.data_bytes_max);
    config.segment_bytes = std::clamp(bytes, kSegmentBytesUsual, kSegmentBytesMax);
    config.memtable_bytes = 4 * config.segment_bytes;
    return;
  }
  const std::size_t quarter = whole_pages(options.write_memory_bytes / 4);
  config.segment_bytes = std::clamp(quarter, kSegmentBytesMin, kSegmentBytesUsual);
  config.memtable_bytes = std::max(options.write_memory_bytes, 3 * config.segment_bytes);
}

StorageConfig config_of(const PeerOptions& options) {
  // Less than a row takes, so that the bound in bytes is the one that counts.
  constexpr std::size_t kCachedRowBytesMin = 150;
  StorageConfig config;
  config.enable_wal = options.promise != Promise::none;
  config.durability = options.promise == Promise::none   ? Durability::memory
                      : options.promise == Promise::disk ? Durability::disk
                                                         : Durability::process;
  set_memtables(options, config);
  // Blocks serve scans and what is read for the first time.
  config.block_cache_bytes = options.cache_memory_bytes / 8 * 3;
  config.cache_bytes = options.cache_memory_bytes - config.block_cache_bytes;
  config.cache_size = config.cache_bytes / kCachedRowBytesMin;
  return config;
}

class QuartzCursor final : public PeerCursor {
 public:
  explicit QuartzCursor(Cursor cursor) : cursor_(std::move(cursor)) {}

  void seek(std::string_view key) override { cursor_.seek(key); }
  void seek_to_first() override { cursor_.seek_to_first(); }
  void seek_to_last() override { cursor_.seek_to_last(); }
  bool valid() const override {
    if (cursor_.valid()) return true;
    if (cursor_.error()) require(false, "Quartz: " + cursor_.error()->to_string());
    return false;
  }
  void next() override { cursor_.next(); }
  void previous() override { cursor_.previous(); }
  std::string_view key() override { return cursor_.key(); }
  std::string_view value() override { return cursor_.value(); }

 private:
  Cursor cursor_;
};

class QuartzSession final : public PeerSession {
 public:
  explicit QuartzSession(StorageEngine& engine) : engine_(engine) {}

  void put(std::string_view key, std::string_view value) override {
    engine_.put(key, value).value();
  }
  void write(std::span<const Row> rows) override {
    batch_.clear();
    for (const Row& row : rows) batch_.put(row.key, row.value);
    engine_.write(batch_).value();
  }
  void remove(std::string_view key) override { engine_.remove(key).value(); }
  bool get(std::string_view key, std::string& value) override {
    return engine_.get_into(key, value).value();
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    auto found = engine_.multi_get(keys).value();
    std::size_t count = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) continue;
      values[i] = *std::move(found[i]);
      ++count;
    }
    return count;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    return std::make_unique<QuartzCursor>(engine_.cursor());
  }

 private:
  StorageEngine& engine_;
  WriteBatch batch_;
};

class QuartzPeer final : public Peer {
 public:
  explicit QuartzPeer(const PeerOptions& options)
      : config_(config_of(options)),
        engine_(StorageEngine::open(options.directory, config_).value()) {}

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<QuartzSession>(engine_);
  }
  void flush() override { engine_.flush().value(); }
  void compact() override { engine_.compact_range().value(); }
  void settle() override {
    wait_until([&] {
      const Statistics now = engine_.statistics();
      if (now.writes_stopped) require(false, "Quartz: " + now.background_error);
      return now.memtables_waiting == 0 && now.pending_compaction_bytes == 0 &&
             now.level0_files_max < config_.compaction_threshold;
    });
  }

 private:
  const StorageConfig config_;
  StorageEngine engine_;
};

// What is known of the build is that of the library below.
std::string levels_remark() {
  const std::string build = remark();
  return build.empty() ? build : "its RocksDB is " + build;
}

std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<QuartzPeer>(options);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {{.name = "quartz",
                                               .version = std::string(version()),
                                               .remark = levels_remark(),
                                               .only_categories = {},
                                               .not_in_categories = {},
                                               .open = open}};
  return kinds;
}

}  // namespace quartz::bench
