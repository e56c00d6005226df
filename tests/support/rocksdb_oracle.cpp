#include "support/rocksdb_oracle.hpp"

#include <cstdlib>
#include <iostream>
#include <map>

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

namespace quartz {

namespace {

void must(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::cerr << "RocksDB oracle: " << status.ToString() << '\n';
  std::abort();
}

// RocksDB with assertions does not take an empty view without an address.
rocksdb::Slice slice(std::string_view bytes) {
  return {bytes.data() != nullptr ? bytes.data() : "", bytes.size()};
}

}  // namespace

struct RocksdbOracle::Database {
  explicit Database(const std::string& directory) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.info_log_level = rocksdb::ERROR_LEVEL;
    std::vector<std::string> names;
    if (std::filesystem::exists(directory + "/CURRENT")) {
      must(rocksdb::DB::ListColumnFamilies(options, directory, &names));
    } else {
      names = {"default"};
    }
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const std::string& name : names) descriptors.emplace_back(name, options);
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* opened = nullptr;
    must(rocksdb::DB::Open(options, directory, descriptors, &handles, &opened));
    db.reset(opened);
    for (std::size_t i = 0; i < names.size(); ++i) families[names[i]] = handles[i];
  }
  ~Database() {
    for (const auto& [name, handle] : families) must(db->DestroyColumnFamilyHandle(handle));
    must(db->Close());
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::ColumnFamilyHandle* family(const std::string& keyspace) const {
    return families.at(keyspace);
  }

  std::unique_ptr<rocksdb::DB> db;
  std::map<std::string, rocksdb::ColumnFamilyHandle*> families;
};

namespace {

rocksdb::ReadOptions reading(const void* taken) {
  rocksdb::ReadOptions options;
  options.snapshot = static_cast<const rocksdb::Snapshot*>(taken);
  return options;
}

}  // namespace

RocksdbOracle::RocksdbOracle(std::filesystem::path directory)
    : directory_(std::move(directory)),
      database_(std::make_unique<Database>(directory_.string())) {}
RocksdbOracle::~RocksdbOracle() = default;

void RocksdbOracle::reopen() {
  database_.reset();
  database_ = std::make_unique<Database>(directory_.string());
}

void RocksdbOracle::create_keyspace(const std::string& name) {
  must(database_->db->CreateColumnFamily(rocksdb::ColumnFamilyOptions(), name,
                                         &database_->families[name]));
}

void RocksdbOracle::drop_keyspace(const std::string& name) {
  must(database_->db->DropColumnFamily(database_->family(name)));
  must(database_->db->DestroyColumnFamilyHandle(database_->family(name)));
  database_->families.erase(name);
}

std::vector<std::string> RocksdbOracle::keyspaces() const {
  std::vector<std::string> names;
  for (const auto& [name, handle] : database_->families) names.push_back(name);
  return names;
}

void RocksdbOracle::put(std::string_view key, std::string_view value, const std::string& keyspace) {
  write({{Operation::Type::put, keyspace, std::string(key), std::string(value)}});
}

void RocksdbOracle::remove(std::string_view key, const std::string& keyspace) {
  write({{Operation::Type::remove, keyspace, std::string(key), {}}});
}

void RocksdbOracle::remove_range(std::string_view first, std::string_view last,
                                 const std::string& keyspace) {
  write({{Operation::Type::remove_range, keyspace, std::string(first), std::string(last)}});
}

void RocksdbOracle::write(const std::vector<Operation>& operations) {
  rocksdb::WriteBatch batch;
  for (const Operation& operation : operations) {
    rocksdb::ColumnFamilyHandle* family = database_->family(operation.keyspace);
    switch (operation.type) {
      case Operation::Type::put:
        must(batch.Put(family, operation.key, operation.value));
        break;
      case Operation::Type::remove:
        must(batch.Delete(family, operation.key));
        break;
      case Operation::Type::remove_range:
        if (operation.key < operation.value) {
          must(batch.DeleteRange(family, operation.key, operation.value));
        }
        break;
    }
  }
  must(database_->db->Write(rocksdb::WriteOptions(), &batch));
}

std::unique_ptr<const RocksdbOracle::Snapshot> RocksdbOracle::snapshot() const {
  return std::unique_ptr<const Snapshot>(new Snapshot(*database_, database_->db->GetSnapshot()));
}

RocksdbOracle::Snapshot::~Snapshot() {
  database_.db->ReleaseSnapshot(static_cast<const rocksdb::Snapshot*>(taken_));
}

std::optional<std::string> RocksdbOracle::get(std::string_view key, const std::string& keyspace,
                                              const Snapshot* at) const {
  std::string value;
  const rocksdb::Status status =
      database_->db->Get(reading(at != nullptr ? at->taken_ : nullptr), database_->family(keyspace),
                         slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  must(status);
  return value;
}

RocksdbOracle::Rows RocksdbOracle::scan(const std::string& keyspace, const Snapshot* at,
                                        bool reverse, std::string_view first,
                                        std::string_view last) const {
  Rows rows;
  if (!last.empty() && last <= first) return rows;
  rocksdb::ReadOptions options = reading(at != nullptr ? at->taken_ : nullptr);
  const rocksdb::Slice lower = slice(first);
  const rocksdb::Slice upper = slice(last);
  options.iterate_lower_bound = &lower;
  if (!last.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(
      database_->db->NewIterator(options, database_->family(keyspace)));
  for (reverse ? row->SeekToLast() : row->SeekToFirst(); row->Valid();
       reverse ? row->Prev() : row->Next()) {
    rows.emplace_back(row->key().ToString(), row->value().ToString());
  }
  must(row->status());
  return rows;
}

}  // namespace quartz
