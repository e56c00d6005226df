#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "storage/memtable.hpp"
#include "storage/stored_operations.hpp"

namespace quartz::storage {

/// A memtable, with the operations that it indexes and the sequences to number them.
class Table {
 public:
  Sequence put(std::string_view key, std::string_view value, KeyspaceId keyspace = 0) {
    return insert(operations_.put(key, value, keyspace));
  }
  Sequence remove(std::string_view key, KeyspaceId keyspace = 0) {
    return insert(operations_.remove(key, keyspace));
  }
  Sequence remove_range(std::string_view first, std::string_view last, KeyspaceId keyspace = 0) {
    return insert(operations_.remove_range(first, last, keyspace));
  }
  // "value", "(removed)" or "(none)".
  std::string find(std::string_view key, Sequence at = kSequenceMax,
                   KeyspaceId keyspace = 0) const {
    const MemtableHit hit = memtable_->find(keyspace, key, hash_key(key, keyspace), at);
    switch (hit.kind) {
      case MemtableHit::Kind::none:
        return "(none)";
      case MemtableHit::Kind::tombstone:
        return "(removed)";
      case MemtableHit::Kind::value:
        break;
    }
    return std::string(hit.value);
  }
  Memtable& operator*() const { return *memtable_; }
  Memtable* operator->() const { return memtable_.get(); }
  const MemtableRef& ref() const { return memtable_; }

 private:
  Sequence insert(OperationView operation) {
    memtable_->insert(++sequence_, operation);
    return sequence_;
  }

  StoredOperations operations_;
  MemtableRef memtable_ = MemtableRef::adopt(new Memtable(operations_.segment()));
  Sequence sequence_ = 0;
};

inline std::string shown(const Memtable::Iterator& it) {
  if (!it.valid()) {
    return "(end)";
  }
  const OperationView operation = it.operation();
  return std::string(it.key()) + "=" +
         (operation.type() == OperationType::put ? std::string(operation.value()) : "(removed)");
}

inline std::vector<std::string> rows(const Table& table, Sequence at, KeyspaceId keyspace = 0) {
  std::vector<std::string> rows;
  Memtable::Iterator it(*table, keyspace, at);
  for (it.seek_to_first(); it.valid(); it.next()) {
    rows.push_back(shown(it));
  }
  return rows;
}

}  // namespace quartz::storage
