#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "storage/operation.hpp"

namespace quartz::storage {

/// Operations in memory, as a segment of the log would hold them. Each is an allocation of its own
/// size, so that AddressSanitizer sees a read beyond it.
class StoredOperations {
 public:
  OperationView put(std::string_view key, std::string_view value, KeyspaceId keyspace = 0) {
    return add(OperationType::put, keyspace, key, value);
  }
  OperationView remove(std::string_view key, KeyspaceId keyspace = 0) {
    return add(OperationType::remove, keyspace, key, {});
  }
  OperationView remove_range(std::string_view first, std::string_view last,
                             KeyspaceId keyspace = 0) {
    return add(OperationType::remove_range, keyspace, first, last);
  }

 private:
  OperationView add(OperationType type, KeyspaceId keyspace, std::string_view key,
                    std::string_view value) {
    auto bytes = std::make_unique<std::byte[]>(operation_bytes(key.size(), value.size()));
    encode_operation(bytes.get(), type, keyspace, key, value);
    operations_.push_back(std::move(bytes));
    return OperationView(operations_.back().get());
  }

  std::vector<std::unique_ptr<std::byte[]>> operations_;
};

}  // namespace quartz::storage
