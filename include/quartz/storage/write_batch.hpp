#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/error.hpp"
#include "quartz/export.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/row_attributes.hpp"

namespace quartz {

/// Operations that take effect all or not at all, across keyspaces, in the order they were added.
/// Bytes are copied in. A bad operation (a key that is too long, say) is remembered and returned by
/// `StorageEngine::write`, which then applies nothing. Reusable after `clear()`, which keeps
/// memory. Threads: one at a time. Cost: one append to a buffer per operation.
class QUARTZ_EXPORT WriteBatch {
 public:
  /// Adds to the default keyspace.
  WriteBatch& put(std::string_view key, std::string_view value);
  /// With what a row has beside its value.
  WriteBatch& put(std::string_view key, std::string_view value, const RowAttributes& attributes);
  WriteBatch& remove(std::string_view key);  ///< Removing a key that does not exist succeeds.
  /// Removes every key in [first, last). Nothing if `last` <= `first`.
  WriteBatch& remove_range(std::string_view first, std::string_view last);

  /// Adds to `keyspace`, which must belong to the engine that the batch is written to.
  WriteBatch& put(const Keyspace& keyspace, std::string_view key, std::string_view value);
  /// With what a row has beside its value.
  WriteBatch& put(const Keyspace& keyspace, std::string_view key, std::string_view value,
                  const RowAttributes& attributes);
  /// Removing a key that does not exist succeeds.
  WriteBatch& remove(const Keyspace& keyspace, std::string_view key);
  /// Removes every key in [first, last). Nothing if `last` <= `first`.
  WriteBatch& remove_range(const Keyspace& keyspace, std::string_view first, std::string_view last);

  /// Adds a point of a collection, or removes one: `upsert(docs, "doc:1", vector, payload)`. Takes
  /// what `VectorCollection::add_upsert` and `add_remove` take behind the batch.
  template <class Collection, class... Point>
    requires requires(const Collection& collection, WriteBatch& batch, const Point&... point) {
      collection.add_upsert(batch, point...);
    }
  WriteBatch& upsert(const Collection& collection, const Point&... point) {
    collection.add_upsert(*this, point...);
    return *this;
  }
  /// Removes a point of `collection`.
  template <class Collection>
    requires requires(const Collection& collection, WriteBatch& batch, std::string_view id) {
      collection.add_remove(batch, id);
    }
  WriteBatch& remove(const Collection& collection, std::string_view id) {
    collection.add_remove(*this, id);
    return *this;
  }

  /// Makes writing the batch fail with `error`, as a bad operation does: for whoever turns
  /// something else into operations, and cannot. The first error stays.
  WriteBatch& refuse(Error error);

  /// Forgets all operations and any error; keeps the memory for reuse.
  void clear() noexcept;

  /// In the order in which they were added.
  std::size_t operation_count() const noexcept { return operation_count_; }
  bool empty() const noexcept { return operation_count_ == 0; }  ///< Whether there is none.
  /// Encoded size, as counted against `kBatchBytesMax`.
  std::size_t bytes() const noexcept { return operations_.size(); }

  /// The first bad operation's error, if any.
  const std::optional<Error>& error() const noexcept { return error_; }
  /// The operations as the log stores them (docs/formats/log.md).
  std::string_view encoded_operations() const noexcept { return operations_; }
  /// The keyspaces named so far, without the default one, each once.
  const std::vector<Keyspace>& keyspaces() const noexcept { return keyspaces_; }

 private:
  void append(std::uint8_t type, const Keyspace* keyspace, std::string_view key,
              std::string_view value, const RowAttributes& attributes = {});

  std::string operations_;
  std::uint32_t operation_count_ = 0;
  std::vector<Keyspace> keyspaces_;
  std::optional<Error> error_;
};

}  // namespace quartz
