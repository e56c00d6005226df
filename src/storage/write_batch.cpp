#include "quartz/storage/write_batch.hpp"

#include <algorithm>
#include <utility>

#include "storage/keyspace_state.hpp"
#include "storage/operation.hpp"
#include "storage/stored_value.hpp"
#include "storage/write_limits.hpp"

namespace quartz {

WriteBatch& WriteBatch::put(std::string_view key, std::string_view value) {
  append(static_cast<std::uint8_t>(storage::OperationType::put), nullptr, key, value);
  return *this;
}

WriteBatch& WriteBatch::put(std::string_view key, std::string_view value,
                            const RowAttributes& attributes) {
  append(static_cast<std::uint8_t>(storage::OperationType::put), nullptr, key, value, attributes);
  return *this;
}

WriteBatch& WriteBatch::remove(std::string_view key) {
  append(static_cast<std::uint8_t>(storage::OperationType::remove), nullptr, key, {});
  return *this;
}

WriteBatch& WriteBatch::remove_range(std::string_view first, std::string_view last) {
  append(static_cast<std::uint8_t>(storage::OperationType::remove_range), nullptr, first, last);
  return *this;
}

WriteBatch& WriteBatch::put(const Keyspace& keyspace, std::string_view key,
                            std::string_view value) {
  append(static_cast<std::uint8_t>(storage::OperationType::put), &keyspace, key, value);
  return *this;
}

WriteBatch& WriteBatch::put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                            const RowAttributes& attributes) {
  append(static_cast<std::uint8_t>(storage::OperationType::put), &keyspace, key, value, attributes);
  return *this;
}

WriteBatch& WriteBatch::remove(const Keyspace& keyspace, std::string_view key) {
  append(static_cast<std::uint8_t>(storage::OperationType::remove), &keyspace, key, {});
  return *this;
}

WriteBatch& WriteBatch::remove_range(const Keyspace& keyspace, std::string_view first,
                                     std::string_view last) {
  append(static_cast<std::uint8_t>(storage::OperationType::remove_range), &keyspace, first, last);
  return *this;
}

WriteBatch& WriteBatch::refuse(Error error) {
  if (!error_) error_ = std::move(error);
  return *this;
}

void WriteBatch::clear() noexcept {
  operations_.clear();
  operation_count_ = 0;
  keyspaces_.clear();
  error_.reset();
}

void WriteBatch::append(std::uint8_t type, const Keyspace* keyspace, std::string_view key,
                        std::string_view value, const RowAttributes& attributes) {
  if (error_) return;
  const auto operation = static_cast<storage::OperationType>(type);
  if (operation == storage::OperationType::remove_range && value <= key) return;
  if (auto checked = storage::check_operation(operation, key, value, attributes); !checked) {
    error_ = std::move(checked).error();
    return;
  }
  const bool is_put = operation == storage::OperationType::put;
  const std::size_t bytes = is_put ? storage::put_bytes(key.size(), value.size(), attributes)
                                   : storage::operation_bytes(key.size(), value.size());
  if (auto checked = storage::check_batch_bytes(operations_.size() + bytes); !checked) {
    error_ = std::move(checked).error();
    return;
  }
  storage::KeyspaceId id = storage::kDefaultKeyspaceId;
  if (keyspace != nullptr) {
    id = keyspace->state().id;
    const auto same = [&](const Keyspace& k) { return &k.state() == &keyspace->state(); };
    if (std::none_of(keyspaces_.begin(), keyspaces_.end(), same)) keyspaces_.push_back(*keyspace);
  }
  const std::size_t offset = operations_.size();
  operations_.resize(offset + bytes);
  auto* const at = reinterpret_cast<std::byte*>(operations_.data() + offset);
  if (is_put) {
    storage::encode_put(at, id, key, value, attributes);
  } else {
    storage::encode_operation(at, operation, id, key, value);
  }
  ++operation_count_;
}

}  // namespace quartz
