#include "cli/peer_rocksdb.hpp"

#include <dlfcn.h>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/iterator.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>
#include <rocksdb/write_batch.h>

#include "base/try.hpp"

namespace quartz::cli {
namespace {

// RocksDB's status as ours. Its kinds of failure make no difference to a demonstration.
Result<void> checked(const rocksdb::Status& status) {
  if (status.ok()) return {};
  return Error{Errc::io_error, fmt::format("RocksDB: {}", status.ToString())};
}

class RocksDbStore final : public MeasuredStore {
 public:
  RocksDbStore(std::filesystem::path directory, std::size_t cache_bytes)
      : directory_(std::move(directory)), cache_bytes_(cache_bytes) {
    write_options_.disableWAL = false;
    write_options_.sync = false;
  }

  // Anew after each `settle`, with an empty block cache, as ours is then.
  Result<void> open() {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(cache_bytes_);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    rocksdb::Options options;
    options.create_if_missing = true;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    rocksdb::DB* opened = nullptr;
    QUARTZ_TRY(checked(rocksdb::DB::Open(options, directory_.string(), &opened)));
    database_.reset(opened);
    return {};
  }

  Result<void> put_each(Rows rows) override {
    for (const auto& [key, value] : rows) {
      QUARTZ_TRY(checked(database_->Put(write_options_, key, value)));
    }
    return {};
  }

  Result<void> put_together(Rows rows) override {
    batch_.Clear();
    for (const auto& [key, value] : rows) QUARTZ_TRY(checked(batch_.Put(key, value)));
    return checked(database_->Write(write_options_, &batch_));
  }

  Result<void> get_each(Rows rows) override {
    for (const auto& [key, value] : rows) {
      QUARTZ_TRY(checked(database_->Get(read_options_, key, &value_)));
      if (value_.size() != value.size()) {
        return Error{Errc::corruption,
                     fmt::format("RocksDB: row {} is not as it was written", key)};
      }
    }
    return {};
  }

  Result<void> settle() override {
    iterator_.reset();  // RocksDB aborts when it is closed under an iterator.
    QUARTZ_TRY(checked(database_->Flush(rocksdb::FlushOptions())));
    QUARTZ_TRY(checked(database_->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr)));
    QUARTZ_TRY(checked(database_->Close()));
    database_.reset();
    return open();
  }

  Result<void> start_scan() override {
    iterator_.reset(database_->NewIterator(read_options_));
    iterator_->SeekToFirst();
    return {};
  }

  Result<void> scan_rows(std::size_t count) override {
    for (; count > 0 && iterator_->Valid(); --count) {
      bytes_seen_ += iterator_->key().size() + iterator_->value().size();
      iterator_->Next();
    }
    QUARTZ_TRY(checked(iterator_->status()));
    if (count > 0) return Error{Errc::corruption, "a scan ended before all rows were seen"};
    return {};
  }

 private:
  std::filesystem::path directory_;
  std::size_t cache_bytes_;
  rocksdb::WriteOptions write_options_;
  rocksdb::ReadOptions read_options_;
  std::unique_ptr<rocksdb::DB> database_;
  std::unique_ptr<rocksdb::Iterator> iterator_;  // After the database: it goes first.
  rocksdb::WriteBatch batch_;
  std::string value_;
  std::size_t bytes_seen_ = 0;
};

}  // namespace

Result<std::unique_ptr<MeasuredStore>> open_rocksdb_store(const std::filesystem::path& directory,
                                                          std::size_t cache_bytes) {
  auto store = std::make_unique<RocksDbStore>(directory, cache_bytes);
  QUARTZ_TRY(store->open());
  return std::unique_ptr<MeasuredStore>(std::move(store));
}

std::string rocksdb_version() { return rocksdb::GetRocksVersionAsString(); }

bool rocksdb_has_assertions() noexcept {
  // RocksDB compiles its test hooks in if, and only if, it compiles its assertions in. A library
  // that hides its symbols tells nothing, and then nothing is claimed.
  return ::dlsym(RTLD_DEFAULT, "_ZN7rocksdb9SyncPoint11GetInstanceEv") != nullptr;
}

}  // namespace quartz::cli
