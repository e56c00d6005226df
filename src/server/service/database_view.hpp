#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/service/collection_head.hpp"
#include "server/service/databases.hpp"
#include "server/service/generations.hpp"
#include "server/service/key_event.hpp"
#include "server/service/row_cursor.hpp"
#include "server/service/transaction.hpp"
#include "server/service/vector_set_head.hpp"

namespace quartz::server {

/// Longest key of the server: an element's key holds more than it.
inline constexpr std::size_t kServerKeyBytesMax = 32 * 1024;
/// Longest field of a hash and member of a set.
inline constexpr std::size_t kMemberBytesMax = 32 * 1024;

/// A database as a transaction sees it: keys with their kinds, whatever rows they are made of.
/// The operations on strings, hashes and so on are written in terms of it. A copy is the same view.
class DatabaseView {
 public:
  DatabaseView(Transaction& transaction, const Database& database,
               Generations& generations) noexcept
      : transaction_(&transaction), database_(&database), generations_(&generations) {}

  Transaction& transaction() const noexcept { return *transaction_; }
  const Database& database() const noexcept { return *database_; }
  ExpiryTime now() const noexcept { return transaction_->now(); }
  /// The same transaction's view of another database.
  DatabaseView of(const Database& database) const noexcept {
    return {*transaction_, database, *generations_};
  }

  /// The row of `key`, of whatever kind; nothing if it does not exist. Errors: `too_large`.
  Result<std::optional<VisibleRow>> find(std::string_view key,
                                         Transaction::Look look = Transaction::Look::depending);
  /// The same; `wrong_kind` if it is of another kind.
  Result<std::optional<VisibleRow>> find(RowKind kind, std::string_view key,
                                         Transaction::Look look = Transaction::Look::depending);
  /// The head of a collection.
  Result<std::optional<CollectionHead>> find_head(
      RowKind kind, std::string_view key, Transaction::Look look = Transaction::Look::depending);

  /// Writes a string in place of whatever `old`, which `find` answered, is.
  void put_string(std::string_view key, const std::optional<VisibleRow>& old,
                  std::string_view value, std::optional<ExpiryTime> expires_at = {});
  /// Whether a string may be written without looking for what it replaces: there is nothing in this
  /// database that would have to go with that.
  bool strings_only() const noexcept {
    return !database_->has_elements.load(std::memory_order_acquire);
  }
  /// As if nothing was there: only while `strings_only`.
  Result<void> put_string_blindly(std::string_view key, std::string_view value);
  /// Makes `key`, which is free, hold a vector set, whose collection is there already.
  void put_vector_set(std::string_view key, const VectorSetHead& head);
  /// Depends on a vector set's being there, whatever its key is.
  void depend_on_vector_set(Generation generation);
  /// The same, and lets others who depend on it learn of a change; false if it is not there.
  Result<bool> touch_vector_set(Generation generation);
  /// Writes a row again as it is, so that whoever depends on it learns of a change behind it.
  void touch(std::string_view key, const VisibleRow& row) {
    set_expiry(key, row, row.attributes.expires_at);
  }
  /// Lets a row go on as it is but for its expiry.
  void set_expiry(std::string_view key, const VisibleRow& row,
                  std::optional<ExpiryTime> expires_at);
  /// Lets `to`, which is free, hold what `from` does, and frees that.
  void hand_over(std::string_view from, const VisibleRow& row, std::string_view to);
  /// Removes the key and whatever it holds.
  void erase(std::string_view key, const VisibleRow& row);
  /// Removes all keys.
  void erase_all();

  // Collections. `key` has a head already, or none; elements are keyed by what comes behind the
  // generation.

  /// A head for a collection that does not exist yet; `put_head` makes it exist.
  Result<CollectionHead> new_head();
  /// Writes the head, keeping its expiry; with a count of 0 the key is erased.
  Result<void> put_head(RowKind kind, std::string_view key, const CollectionHead& head);
  Result<std::optional<VisibleRow>> find_element(const CollectionHead& head,
                                                 std::string_view element);
  void put_element(const CollectionHead& head, std::string_view element, std::string_view value);
  void remove_element(const CollectionHead& head, std::string_view element);
  /// Elements with keys in [first, last), which are told without the generation; an empty `last` is
  /// the end. Their keys, as the cursor tells them, have `kElementPrefixBytes` in front.
  RowCursor elements(const CollectionHead& head, std::string_view first = {},
                     std::string_view last = {},
                     RowCursor::Order order = RowCursor::Order::forward);
  static constexpr std::size_t kElementPrefixBytes = 8;

  /// All rows with keys in [first, last); an empty `last` is the end.
  RowCursor rows(std::string_view first = {}, std::string_view last = {},
                 RowCursor::Order order = RowCursor::Order::forward);

  /// See `Transaction::announce`.
  void announce(KeyEventClass what, std::string_view event, std::string_view key) {
    transaction_->announce(what, event, *database_, key);
  }

 private:
  std::string_view element_key(Generation generation, std::string_view element);
  void abandon_elements(const VisibleRow& row, std::string_view key);
  void write_row(std::string_view key, std::string_view value, RowKind kind,
                 std::optional<ExpiryTime> old_expiry, std::optional<ExpiryTime> expires_at);
  void note_elements() noexcept { database_->has_elements.store(true, std::memory_order_release); }

  Transaction* transaction_;
  const Database* database_;
  Generations* generations_;
  std::string element_key_;
};

}  // namespace quartz::server
