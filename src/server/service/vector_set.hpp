#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "quartz/result.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "server/service/database_view.hpp"
#include "server/service/vector_set_collections.hpp"
#include "vector/collection.hpp"

namespace quartz::server {

/// A vector set as a transaction sees it: elements are points of a collection, their attributes are
/// payloads. It is written as everything else is, by rows of the transaction; only searching and
/// what else asks the index knows nothing of them before the commit (`has_pending_writes`).
///
/// Like the transaction, it sees its own writes. Threads: one at a time.
class VectorSet {
 public:
  enum class Opening : std::uint8_t {
    if_open,  ///< `busy` if the collection would have to be opened first, which may take long.
    always,
  };

  /// Nothing if there is no such key, or if its collection was dropped past the server's keys.
  /// `wrong_kind`.
  static Result<std::optional<VectorSet>> find(VectorSetCollections& collections,
                                               const DatabaseView& view, std::string_view key,
                                               Opening opening);
  /// A new one in place of nothing, or of one that `find` did not find. The key holds it once its
  /// first element is put. Errors: `invalid_argument` if that could not be `first`, before anything
  /// is made.
  static Result<VectorSet> create(VectorSetCollections& collections, const DatabaseView& view,
                                  std::string_view key, const VectorCollectionConfig& config,
                                  std::span<const float> first);

  const VectorSetHead& head() const noexcept { return head_; }
  const VectorCollection& collection() const noexcept { return *collection_; }
  std::size_t dimensions() const noexcept { return collection_->collection().dimensions(); }

  /// Whether it was added rather than replaced. Without attributes, it keeps those that it has.
  /// Errors: those of `VectorCollection::upsert`.
  Result<bool> put(std::string_view element, std::span<const float> vector,
                   std::optional<std::string_view> attributes);
  /// Whether it was there; the key goes with the last one.
  Result<bool> remove(std::string_view element);
  /// Empty attributes are none. Whether there is such an element.
  Result<bool> set_attributes(std::string_view element, std::string_view attributes);
  Result<std::optional<VectorPoint>> get(std::string_view element);
  Result<std::uint64_t> count();
  /// Whether the index does not know yet what this transaction has written.
  bool has_pending_writes() const;

 private:
  VectorSet(const DatabaseView& view, std::string_view key, VectorSetHead head,
            VectorCollection collection);

  Result<std::optional<VisibleRow>> read(std::string_view element);
  Result<void> write(std::string_view element, std::string_view row, std::string_view event);
  Result<bool> is_last(std::string_view element) const;

  DatabaseView view_;
  std::string key_;
  VectorSetHead head_;
  std::shared_ptr<const VectorCollection> collection_;
  bool has_row_ = true;
};

}  // namespace quartz::server
