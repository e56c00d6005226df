#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "protocol/filter_expression.hpp"
#include "quartz/result.hpp"
#include "quartz/vector/payload_index_kind.hpp"
#include "vector/payload_fields.hpp"
#include "vector/payload_index.hpp"
#include "vector/slot_bitmap.hpp"

namespace quartz::vector {

/// The indexes on the payloads of a collection, at most one on a field. One on the id, which is a
/// text like any other, can be among them.
/// Threads: any number may ask at the same time; changing takes one alone.
class PayloadIndexes {
 public:
  /// Makes an index on a field, named as a filter names it: "author.name", "`first name`", or "id".
  /// It knows the points that are added from then on, and must not be asked about others; what
  /// there is already can be taken into another set, which this one then absorbs.
  /// Errors: `invalid_argument` for what is no field, or for an index on the id that is not for
  /// texts; `already_exists`; `too_large` past `kPayloadIndexesMax`.
  Result<void> declare(std::string_view field, PayloadIndexKind kind);
  /// Takes the indexes of another set as they are. Errors: as `declare`; then nothing was taken.
  Result<void> absorb(PayloadIndexes&& other);

  /// Takes in a point, or forgets one. `payload` is valid or empty; the same as before when it is
  /// removed. Cost: a pass over the payload, and some 100 to 500 ns for each indexed value.
  /// Errors: `corruption` if the payload turns out to be none; the point is not taken in then.
  Result<void> add(Slot slot, std::string_view id, std::string_view payload);
  Result<void> remove(Slot slot, std::string_view id, std::string_view payload);

  /// The index on a field, or null.
  const PayloadIndex* find(const protocol::FilterPath& path) const noexcept;

  bool empty() const noexcept { return indexes_.empty(); }
  /// Memory. Cost: linear in the number of values.
  std::size_t bytes() const noexcept;

 private:
  struct Declared {
    protocol::FilterPath path;
    std::unique_ptr<PayloadIndex> index;
  };
  class Adder;
  class Remover;

  Result<void> insert(Declared declared);
  template <class Change>
  bool walk(std::string_view id, std::string_view payload, Change& change);

  PayloadFields fields_;
  std::vector<Declared> indexes_;
  // By field, as `fields_` numbers them; and the one on the id, if there is one.
  std::vector<PayloadIndex*> index_of_field_;
  PayloadIndex* index_of_id_ = nullptr;
};

}  // namespace quartz::vector
