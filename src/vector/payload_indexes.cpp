#include "vector/payload_indexes.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "protocol/filter_parser.hpp"
#include "protocol/filter_printer.hpp"
#include "quartz/vector/payload_limits.hpp"

namespace quartz::vector {

// What PayloadFields calls with the values of a point, one for each way to change an index.
class PayloadIndexes::Adder {
 public:
  Adder(PayloadIndexes& indexes, Slot slot) : indexes_(indexes), slot_(slot) {}

  void found(std::uint32_t field) { indexes_.index_of_field_[field]->add_found(slot_); }
  void value(std::uint32_t field, const PayloadValue& value) {
    indexes_.index_of_field_[field]->add_value(slot_, value);
  }
  static bool complete(std::uint32_t /*root*/) noexcept { return false; }
  void id(PayloadIndex& index, std::string_view id) {
    index.add_found(slot_);
    index.add_value(slot_, PayloadValue::of_text(id));
  }
  static void end(PayloadIndex& index) { index.end_add(); }

 private:
  PayloadIndexes& indexes_;
  Slot slot_;
};

class PayloadIndexes::Remover {
 public:
  Remover(PayloadIndexes& indexes, Slot slot) : indexes_(indexes), slot_(slot) {}

  void found(std::uint32_t field) { indexes_.index_of_field_[field]->remove_found(slot_); }
  void value(std::uint32_t field, const PayloadValue& value) {
    indexes_.index_of_field_[field]->remove_value(slot_, value);
  }
  static bool complete(std::uint32_t /*root*/) noexcept { return false; }
  void id(PayloadIndex& index, std::string_view id) {
    index.remove_found(slot_);
    index.remove_value(slot_, PayloadValue::of_text(id));
  }
  static void end(PayloadIndex& index) { index.end_remove(); }

 private:
  PayloadIndexes& indexes_;
  Slot slot_;
};

namespace {

bool is_for_texts(PayloadIndexKind kind) noexcept {
  return kind == PayloadIndexKind::keyword || kind == PayloadIndexKind::prefix;
}

Error damaged(Slot slot) {
  return Error{Errc::corruption, fmt::format("the payload of slot {} is no JSON object", slot)};
}

}  // namespace

Result<void> PayloadIndexes::declare(std::string_view field, PayloadIndexKind kind) {
  QUARTZ_ASSIGN(protocol::FilterPath path, protocol::parse_filter_path(field));
  if (path.is_id() && !is_for_texts(kind)) {
    return Error{Errc::invalid_argument,
                 fmt::format("an index on the id is for texts and not of the kind {}; a field of "
                             "that name is written `id`",
                             to_string(kind))};
  }
  return insert({std::move(path), std::make_unique<PayloadIndex>(kind)});
}

Result<void> PayloadIndexes::insert(Declared declared) {
  if (find(declared.path) != nullptr) {
    return Error{Errc::already_exists, fmt::format("the field {} has an index already",
                                                   protocol::print_filter_path(declared.path))};
  }
  if (indexes_.size() == kPayloadIndexesMax) {
    return Error{Errc::too_large,
                 fmt::format("at most {} fields can have an index", kPayloadIndexesMax)};
  }
  if (declared.path.is_id()) {
    index_of_id_ = declared.index.get();
  } else {
    fields_.add(declared.path);
    index_of_field_.push_back(declared.index.get());
  }
  indexes_.push_back(std::move(declared));
  return {};
}

Result<void> PayloadIndexes::absorb(PayloadIndexes&& other) {
  PayloadIndexes all;
  for (const auto* part : {this, &other}) {
    for (const Declared& declared : part->indexes_) {
      // Only to see whether they fit together.
      QUARTZ_TRY(
          all.insert({declared.path, std::make_unique<PayloadIndex>(declared.index->kind())}));
    }
  }
  for (Declared& declared : other.indexes_) QUARTZ_TRY(insert(std::move(declared)));
  other = PayloadIndexes();
  return {};
}

template <class Change>
bool PayloadIndexes::walk(std::string_view id, std::string_view payload, Change& change) {
  if (index_of_id_ != nullptr) change.id(*index_of_id_, id);
  const bool whole = fields_.walk(payload, change);
  for (const Declared& declared : indexes_) Change::end(*declared.index);
  return whole;
}

Result<void> PayloadIndexes::add(Slot slot, std::string_view id, std::string_view payload) {
  Adder adder(*this, slot);
  if (walk(id, payload, adder)) return {};
  // Another walk stumbles over the same place and forgets what this one took in.
  Remover remover(*this, slot);
  walk(id, payload, remover);
  return damaged(slot);
}

Result<void> PayloadIndexes::remove(Slot slot, std::string_view id, std::string_view payload) {
  Remover remover(*this, slot);
  if (walk(id, payload, remover)) return {};
  return damaged(slot);
}

const PayloadIndex* PayloadIndexes::find(const protocol::FilterPath& path) const noexcept {
  const auto declared = std::ranges::find(indexes_, path, &Declared::path);
  return declared == indexes_.end() ? nullptr : declared->index.get();
}

std::size_t PayloadIndexes::bytes() const noexcept {
  std::size_t total = 0;
  for (const Declared& declared : indexes_) total += declared.index->bytes();
  return total;
}

}  // namespace quartz::vector
