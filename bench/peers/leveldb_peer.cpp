#include <algorithm>
#include <atomic>
#include <utility>

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/options.h>
#include <leveldb/write_batch.h>

#include "bench/peers/peer.hpp"
#include "bench/peers/remark.hpp"

namespace quartz::bench {
namespace {

void check(const leveldb::Status& status) {
  if (!status.ok()) require(false, "LevelDB: " + status.ToString());
}

leveldb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const leveldb::Slice& slice) { return {slice.data(), slice.size()}; }

/// Knows of the flushes and compactions that LevelDB has asked for, which no property of it tells.
/// One that is due is scheduled at once, and before the one that made it necessary ends.
class CountingEnv final : public leveldb::EnvWrapper {
 public:
  CountingEnv() : EnvWrapper(leveldb::Env::Default()) {}

  void Schedule(void (*function)(void*), void* argument) override {
    due_.fetch_add(1);
    target()->Schedule(run, new Work{*this, function, argument});
  }
  void wait_until_none_is_due() const {
    for (int due = due_.load(); due != 0; due = due_.load()) due_.wait(due);
  }

 private:
  struct Work {
    CountingEnv& env;
    void (*function)(void*);
    void* argument;
  };

  static void run(void* argument) {
    const std::unique_ptr<Work> work(static_cast<Work*>(argument));
    work->function(work->argument);
    work->env.due_.fetch_sub(1);
    work->env.due_.notify_all();
  }

  std::atomic<int> due_{0};
};

/// Never destroyed: the last work touches it after the database that asked for it has gone.
CountingEnv& counting_env() {
  static auto* env = new CountingEnv;
  return *env;
}

class LeveldbCursor final : public PeerCursor {
 public:
  explicit LeveldbCursor(leveldb::Iterator* rows) : rows_(rows) {}

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
  std::unique_ptr<leveldb::Iterator> rows_;
};

class LeveldbSession final : public PeerSession {
 public:
  LeveldbSession(leveldb::DB& db, bool sync) : db_(db) { write_options_.sync = sync; }

  void put(std::string_view key, std::string_view value) override {
    check(db_.Put(write_options_, slice(key), slice(value)));
  }
  void write(std::span<const Row> rows) override {
    batch_.Clear();
    for (const Row& row : rows) batch_.Put(slice(row.key), slice(row.value));
    check(db_.Write(write_options_, &batch_));
  }
  void remove(std::string_view key) override { check(db_.Delete(write_options_, slice(key))); }
  bool get(std::string_view key, std::string& value) override {
    return get_at(nullptr, key, value);
  }
  std::size_t multi_get(std::span<const std::string_view> keys,
                        std::span<std::string> values) override {
    const leveldb::Snapshot* snapshot = db_.GetSnapshot();
    std::size_t found = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (get_at(snapshot, keys[i], values[i])) ++found;
    }
    db_.ReleaseSnapshot(snapshot);
    return found;
  }
  std::unique_ptr<PeerCursor> cursor() override {
    return std::make_unique<LeveldbCursor>(db_.NewIterator({}));
  }

 private:
  bool get_at(const leveldb::Snapshot* snapshot, std::string_view key, std::string& value) {
    leveldb::ReadOptions options;
    options.snapshot = snapshot;
    const leveldb::Status status = db_.Get(options, slice(key), &value);
    if (status.IsNotFound()) return false;
    check(status);
    return true;
  }

  leveldb::DB& db_;
  leveldb::WriteOptions write_options_;
  leveldb::WriteBatch batch_;
};

class LeveldbPeer final : public Peer {
 public:
  explicit LeveldbPeer(const PeerOptions& options)
      : sync_(options.promise == Promise::disk),
        cache_(leveldb::NewLRUCache(options.cache_memory_bytes)),
        filter_(leveldb::NewBloomFilterPolicy(10)) {
    require(options.promise != Promise::none, "LevelDB cannot do without its log");
    std::filesystem::create_directories(options.directory);
    leveldb::DB* db = nullptr;
    check(leveldb::DB::Open(database_options(options), options.directory.string(), &db));
    db_.reset(db);
  }

  std::unique_ptr<PeerSession> session() override {
    return std::make_unique<LeveldbSession>(*db_, sync_);
  }
  // The only way to it: compacting a range first flushes, whatever the range holds. Here that is
  // the empty key.
  void flush() override {
    const leveldb::Slice nothing;
    db_->CompactRange(&nothing, &nothing);
  }
  void compact() override { db_->CompactRange(nullptr, nullptr); }
  void settle() override { counting_env().wait_until_none_is_due(); }

 private:
  leveldb::Options database_options(const PeerOptions& options) const {
    constexpr std::size_t kWriteBufferBytesMax = std::size_t{1} << 30;
    leveldb::Options database;
    database.create_if_missing = true;
    database.env = &counting_env();
    database.compression = leveldb::kNoCompression;
    database.block_cache = cache_.get();
    database.filter_policy = filter_.get();
    // There are two at a time: one takes writes while the other is flushed.
    database.write_buffer_size = std::min(kWriteBufferBytesMax, options.write_memory_bytes / 2);
    // One for every two mebibytes, says its header; so that no read opens a file.
    database.max_open_files = 5000;
    if (options.keep_in_log) {
      // What goes beyond LevelDB's largest buffer is flushed. It must not be asked for more than
      // that: it takes the size for an int.
      database.write_buffer_size = std::min(kWriteBufferBytesMax, 2 * options.data_bytes_max);
      // Otherwise recovery would also flush what it has read.
      database.reuse_logs = true;
    }
    return database;
  }

  const bool sync_;
  const std::unique_ptr<leveldb::Cache> cache_;
  const std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::DB> db_;
};

std::unique_ptr<Peer> open(const PeerOptions& options) {
  return std::make_unique<LeveldbPeer>(options);
}

}  // namespace

const std::vector<PeerKind>& peer_kinds() {
  static const std::vector<PeerKind> kinds = {
      {.name = "leveldb",
       .version =
           std::to_string(leveldb::kMajorVersion) + "." + std::to_string(leveldb::kMinorVersion),
       .remark = remark(),
       .only_categories = {},
       .not_in_categories = {"put_wal_off"},  // It always has a log.
       .open = open}};
  return kinds;
}

}  // namespace quartz::bench
