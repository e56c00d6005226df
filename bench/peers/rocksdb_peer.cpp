#include <algorithm>
#include <utility>

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>

#include "bench/peers/peer.hpp"
#include "bench/peers/poll.hpp"
#include "bench/peers/remark.hpp"

// In no public header, though the library prints it into each database's LOG. Weak, so that a
// library that hides it links all the same.
namespace rocksdb::crc32c {
__attribute__((weak)) std::string IsFastCrc32Supported();
}

namespace quartz::bench {
namespace {

enum class Memtable : std::uint8_t { skip_list, vector };

void check(const rocksdb::Status& status) {
  if (!status.ok()) require(false, "RocksDB: " + status.ToString());
}

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// What the wiki advises in "Setup Options and Basic Tuning", without compression.
rocksdb::BlockBasedTableOptions table_options(const PeerOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_memory_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = std::size_t{16} << 10;
  // Makes up for the larger blocks where single keys are read.
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  // Needs no processor instruction that a distribution may have built without.
  table.checksum = rocksdb::kXXH3;
  return table;
}

void set_write_buffers(const PeerOptions& options, rocksdb::Options& database) {
  constexpr int kWriteBuffers = 4;
  database.max_write_buffer_number = kWriteBuffers;
  database.write_buffer_size = options.write_memory_bytes / kWriteBuffers;
  if (!options.keep_in_log) return;
  // Entries carry more than keys and values; memory is taken only as they come.
  database.write_buffer_size = 2 * options.data_bytes_max;
  database.avoid_flush_during_recovery = true;
}

rocksdb::Options database_options(const PeerOptions& options, Memtable memtable) {
  rocksdb::Options database;
  database.create_if_missing = true;
  database.compression = rocksdb::kNoCompression;
  database.max_background_jobs = 2;
  database.bytes_per_sync = std::uint64_t{1} << 20;
  database.level_compaction_dynamic_level_bytes = true;
  set_write_buffers(options, database);
  database.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(options)));
  if (memtable == Memtable::vector) {
    database.memtable_factory = std::make_shared<rocksdb::VectorRepFactory>();
    database.allow_concurrent_memtable_write = false;  // A vector takes one writer.
  }
  return database;
}

class RocksdbCursor final : public PeerCursor {
 public:
  explicit RocksdbCursor(rocksdb::Iterator* rows) : rows_(rows) {}

  void seek(std::string_view key) override { rows_->Seek(slice(key)); }
  void seek_to_first() override { rows_->SeekToFirst(); }
  void seek_to_last() override { rows_->SeekToLast(); }
  bool valid() const override {
    if (rows_->Valid()) return true;
    check(rows_->status());
    return false;
  }
  void next() override { rows_->Next(); }
  void previous() override { rows_->Prev(); }
  std::string_view key() override { return view(rows_->key()); }
  std::string_view value() override { return view(rows_->value()); }

 private:
  std::unique_ptr<rocksdb::Iterator> rows_;
};

class RocksdbSession final : public PeerSession {
 public:
  RocksdbSession(rocksdb::DB& db, const rocksdb::WriteOptions& write_options)
      : db_(db), write_options_(write_options) {}

  void put(std::string_view key, std::string_view value) override {
    check(db_.Put(write_options_, slice(key), slice(value)));
  }
  void write(std::span<const Row> rows) override {
    batch_.Clear();
    for (const Row& row : rows) check(batch_.Put(slice(row.key), slice(row.value)));
    check(db_.Write(write_options_, &batch_));
  }
  void remove(std::string_view key) override { check(db_.Delete(write_options_, slice(key))); }
  bool get(std::string_view key, std::string& value) override {
    return exists(db_.Get(read_options_, slice(key), &value));
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    const std::size_t count = keys.size();
    keys_.resize(count);
    pinned_.resize(count);
    statuses_.resize(count);
    std::ranges::transform(keys, keys_.begin(), slice);
    db_.MultiGet(read_options_, db_.DefaultColumnFamily(), count, keys_.data(), pinned_.data(),
                 statuses_.data());
    std::size_t found = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!exists(statuses_[i])) continue;
      values[i].assign(pinned_[i].data(), pinned_[i].size());
      pinned_[i].Reset();
      ++found;
    }
    return found;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    return std::make_unique<RocksdbCursor>(db_.NewIterator(read_options_));
  }

 private:
  static bool exists(const rocksdb::Status& status) {
    if (status.IsNotFound()) return false;
    check(status);
    return true;
  }

  rocksdb::DB& db_;
  const rocksdb::WriteOptions write_options_;
  const rocksdb::ReadOptions read_options_;
  rocksdb::WriteBatch batch_;
  // Of multi_get, kept for their memory.
  std::vector<rocksdb::Slice> keys_;
  std::vector<rocksdb::PinnableSlice> pinned_;
  std::vector<rocksdb::Status> statuses_;
};

class RocksdbPeer final : public Peer {
 public:
  RocksdbPeer(const PeerOptions& options, Memtable memtable) {
    write_options_.disableWAL = options.promise == Promise::none;
    write_options_.sync = options.promise == Promise::disk;
    std::filesystem::create_directories(options.directory);
    rocksdb::DB* db = nullptr;
    check(rocksdb::DB::Open(database_options(options, memtable), options.directory.string(), &db));
    db_.reset(db);
  }

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<RocksdbSession>(*db_, write_options_);
  }
  void flush() override { check(db_->Flush({})); }
  void compact() override { check(db_->CompactRange({}, nullptr, nullptr)); }
  void settle() override {
    wait_until([&] {
      using Properties = rocksdb::DB::Properties;
      return none(Properties::kMemTableFlushPending) && none(Properties::kCompactionPending) &&
             none(Properties::kNumRunningFlushes) && none(Properties::kNumRunningCompactions);
    });
  }

 private:
  bool none(const std::string& property) {
    std::uint64_t value = 0;
    require(db_->GetIntProperty(property, &value), "RocksDB does not know one of its properties");
    return value == 0;
  }

  rocksdb::WriteOptions write_options_;
  std::unique_ptr<rocksdb::DB> db_;
};

std::string checksum_remark() {
  if (rocksdb::crc32c::IsFastCrc32Supported == nullptr) return {};
  const bool fast = !rocksdb::crc32c::IsFastCrc32Supported().starts_with("Not");
  return fast ? "" : "log checksums without the processor's instruction";
}

PeerKind kind(std::string name, std::unique_ptr<Peer> (*open)(const PeerOptions&)) {
  return {.name = std::move(name),
          .version = rocksdb::GetRocksVersionAsString(),
          .remark = remark(checksum_remark()),
          .only_categories = {},
          .not_in_categories = {},
          .open = open};
}

template <Memtable memtable>
std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<RocksdbPeer>(options, memtable);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = [] {
    // A vector is what RocksDB advises for loading in bulk: it is sorted when it is flushed, and
    // whenever it is read.
    PeerKind vector = kind("rocksdb_vector", open<Memtable::vector>);
    vector.only_categories = {"put_wal_off"};
    return std::vector{kind("rocksdb", open<Memtable::skip_list>), vector};
  }();
  return kinds;
}

}  // namespace quartz::bench
