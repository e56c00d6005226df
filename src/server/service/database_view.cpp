#include "server/service/database_view.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/expiry_index.hpp"

namespace quartz::server {
namespace {

Result<void> check_key(std::string_view key) {
  if (key.size() <= kServerKeyBytesMax) return {};
  return Error(Errc::too_large,
               fmt::format("key of {} bytes is longer than {}", key.size(), kServerKeyBytesMax));
}

RowAttributes attributes_of(RowKind kind, std::optional<ExpiryTime> expires_at) noexcept {
  return {.expires_at = expires_at, .kind = static_cast<std::uint8_t>(kind)};
}

// Nothing for a string, and for what is no head.
std::optional<Generation> generation_of(const VisibleRow& row, std::string_view key) {
  if (row.kind() == RowKind::string) return std::nullopt;
  if (row.kind() == RowKind::vector_set) {
    const auto head = VectorSetHead::decode(row.value, key);
    return head ? std::optional(head->generation) : std::nullopt;
  }
  const auto head = CollectionHead::decode(row.kind(), row.value, key);
  return head ? std::optional(head->generation) : std::nullopt;
}

}  // namespace

Result<std::optional<VisibleRow>> DatabaseView::find(std::string_view key, Transaction::Look look) {
  QUARTZ_TRY(check_key(key));
  return transaction_->read(database_->rows, key, look);
}

Result<std::optional<VisibleRow>> DatabaseView::find(RowKind kind, std::string_view key,
                                                     Transaction::Look look) {
  QUARTZ_ASSIGN(std::optional<VisibleRow> row, find(key, look));
  if (row && row->kind() != kind) {
    return Error(Errc::wrong_kind, "Operation against a key holding the wrong kind of value");
  }
  return row;
}

Result<std::optional<CollectionHead>> DatabaseView::find_head(RowKind kind, std::string_view key,
                                                              Transaction::Look look) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> row, find(kind, key, look));
  if (!row) return std::optional<CollectionHead>();
  QUARTZ_ASSIGN(const CollectionHead head, CollectionHead::decode(kind, row->value, key));
  return std::optional(head);
}

void DatabaseView::abandon_elements(const VisibleRow& row, std::string_view key) {
  const auto generation = generation_of(row, key);
  if (!generation) return;  // It names no elements that could go.
  std::string first;
  append_big_endian(first, *generation);
  std::string last;
  append_big_endian(last, *generation + 1);
  transaction_->remove_abandoned(database_->elements, first, last);
}

// An entry of the index leads to the generation too: when it is needed, the row cannot be read.
void DatabaseView::write_row(std::string_view key, std::string_view value, RowKind kind,
                             std::optional<ExpiryTime> old_expiry,
                             std::optional<ExpiryTime> expires_at) {
  transaction_->put(database_->rows, key, value, attributes_of(kind, expires_at));
  if (old_expiry && old_expiry != expires_at) {
    transaction_->remove(database_->elements, expiry_index_key(*old_expiry, key));
  }
  if (!expires_at || old_expiry == expires_at) return;
  note_elements();
  transaction_->put(database_->elements, expiry_index_key(*expires_at, key),
                    kind == RowKind::string ? std::string_view() : value.substr(0, 8));
}

void DatabaseView::put_string(std::string_view key, const std::optional<VisibleRow>& old,
                              std::string_view value, std::optional<ExpiryTime> expires_at) {
  if (old) abandon_elements(*old, key);
  write_row(key, value, RowKind::string, old ? old->attributes.expires_at : std::nullopt,
            expires_at);
}

Result<void> DatabaseView::put_string_blindly(std::string_view key, std::string_view value) {
  QUARTZ_TRY(check_key(key));
  transaction_->put(database_->rows, key, value);
  announce(KeyEventClass::string, "set", key);
  return {};
}

void DatabaseView::put_vector_set(std::string_view key, const VectorSetHead& head) {
  note_elements();
  write_row(key, head.encode(), RowKind::vector_set, std::nullopt, std::nullopt);
  put_element({.generation = head.generation}, {}, head.collection);
}

void DatabaseView::depend_on_vector_set(Generation generation) {
  transaction_->depend_on(database_->elements, element_key(generation, {}));
}

Result<bool> DatabaseView::touch_vector_set(Generation generation) {
  QUARTZ_ASSIGN(const auto row,
                transaction_->read(database_->elements, element_key(generation, {})));
  if (!row) return false;
  const std::string value(row->value);
  put_element({.generation = generation}, {}, value);
  return true;
}

void DatabaseView::set_expiry(std::string_view key, const VisibleRow& row,
                              std::optional<ExpiryTime> expires_at) {
  // A copy: the value of a pending write is overwritten by its successor.
  const std::string value(row.value);
  write_row(key, value, row.kind(), row.attributes.expires_at, expires_at);
}

void DatabaseView::hand_over(std::string_view from, const VisibleRow& row, std::string_view to) {
  const std::optional<ExpiryTime> expires_at = row.attributes.expires_at;
  write_row(to, row.value, row.kind(), std::nullopt, expires_at);
  if (expires_at) transaction_->remove(database_->elements, expiry_index_key(*expires_at, from));
  transaction_->remove(database_->rows, from);
}

void DatabaseView::erase(std::string_view key, const VisibleRow& row) {
  abandon_elements(row, key);
  if (row.attributes.expires_at) {
    transaction_->remove(database_->elements, expiry_index_key(*row.attributes.expires_at, key));
  }
  transaction_->remove(database_->rows, key);
}

void DatabaseView::erase_all() {
  transaction_->remove_all(database_->rows);
  transaction_->remove_all(database_->elements);
}

Result<CollectionHead> DatabaseView::new_head() {
  QUARTZ_ASSIGN(const Generation generation, generations_->next());
  // The middle, so that a list can grow both ways.
  return CollectionHead{.generation = generation, .first_index = std::uint64_t{1} << 63};
}

Result<void> DatabaseView::put_head(RowKind kind, std::string_view key,
                                    const CollectionHead& head) {
  QUARTZ_ASSIGN(const std::optional<VisibleRow> old, find(key));
  if (head.count == 0) {
    if (old) erase(key, *old);
    return {};
  }
  const auto expires_at = old ? old->attributes.expires_at : std::nullopt;
  note_elements();
  write_row(key, head.encode(kind), kind, expires_at, expires_at);
  return {};
}

std::string_view DatabaseView::element_key(Generation generation, std::string_view element) {
  element_key_.clear();
  append_big_endian(element_key_, generation);
  element_key_ += element;
  return element_key_;
}

Result<std::optional<VisibleRow>> DatabaseView::find_element(const CollectionHead& head,
                                                             std::string_view element) {
  return transaction_->read(database_->elements, element_key(head.generation, element),
                            Transaction::Look::guarded);
}

void DatabaseView::put_element(const CollectionHead& head, std::string_view element,
                               std::string_view value) {
  transaction_->put(database_->elements, element_key(head.generation, element), value);
}

void DatabaseView::remove_element(const CollectionHead& head, std::string_view element) {
  transaction_->remove(database_->elements, element_key(head.generation, element));
}

RowCursor DatabaseView::elements(const CollectionHead& head, std::string_view first,
                                 std::string_view last, RowCursor::Order order) {
  const std::string begin(element_key(head.generation, first));
  const std::string_view end =
      last.empty() ? element_key(head.generation + 1, {}) : element_key(head.generation, last);
  return {*transaction_, database_->elements, begin, end, order};
}

RowCursor DatabaseView::rows(std::string_view first, std::string_view last,
                             RowCursor::Order order) {
  return {*transaction_, database_->rows, first, last.empty() ? end_of_keys() : last, order};
}

}  // namespace quartz::server
