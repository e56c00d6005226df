#pragma once

#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "quartz/error.hpp"
#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"

namespace quartz {

namespace storage {
class CursorState;
}

/// A position in the ordered rows of one keyspace, as they were when the cursor was made (or in its
/// snapshot). Starts before the first row; call a `seek`. `ScanOptions` bounds narrow what can be
/// reached; a `limit` counts rows stepped onto since the last seek. A row that has expired when the
/// cursor comes to it is stepped over and not counted; one that expires while the cursor is on it
/// stays until the next move.
///
/// An I/O error or damage makes the cursor invalid and is kept in `error()`: after a loop that ends
/// on `!valid()`, check it. After `close()` it answers `closed`, and never dangles.
/// Threads: one at a time. Cost: a seek is a descent of each memtable and level; a step is O(1)
/// amortised.
class QUARTZ_EXPORT Cursor {
 public:
  /// One owner of the position: what was moved from may only be destroyed or assigned to.
  Cursor(Cursor&&) noexcept;
  Cursor& operator=(Cursor&&) noexcept;  ///< Lets go what it was before.
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  ~Cursor();

  void seek_to_first();                          ///< The smallest key within the bounds.
  void seek_to_last();                           ///< The largest key within the bounds.
  void seek(std::string_view key);               ///< The smallest key >= `key`.
  void seek_for_previous(std::string_view key);  ///< The largest key <= `key`.
  void next();                                   ///< Needs `valid()`.
  void previous();                               ///< Needs `valid()`.

  /// Whether the cursor is on a row.
  bool valid() const noexcept { return valid_; }
  // Need `valid()`; live until the next move.
  std::string_view key() const noexcept { return key_; }      ///< Of the row that it is on.
  std::string_view value() const noexcept { return value_; }  ///< Of the row that it is on.
  /// Needs `valid()`; lives until the next move. What the row has beside its value.
  const RowAttributes& attributes() const noexcept;

  /// Why the cursor stopped, if it was not the end of the rows.
  const std::optional<Error>& error() const noexcept;

  explicit Cursor(std::unique_ptr<storage::CursorState> state);  ///< For Quartz's own use.

 private:
  void show() noexcept;

  std::unique_ptr<storage::CursorState> state_;  // Null only after a move.
  // The row that it is on: here, so that looking at it costs no call.
  bool valid_ = false;
  std::string_view key_;
  std::string_view value_;
};

/// The rows of a scan as an input range of `pair<string_view, string_view>`; views live until the
/// next step. One pass. An error ends the range early and is kept in `error()`; it is also counted
/// in `Statistics::read_errors` and logged, so that a loop over a temporary does not hide it.
class QUARTZ_EXPORT Scan {
 public:
  using Row = std::pair<std::string_view, std::string_view>;  ///< Key and value.

  /// Where a pass is; there is one for each scan.
  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;  ///< It goes through once.
    using value_type = Row;                            ///< What it is on.
    /// Of no use in a single pass, but asked for by the standard library.
    using difference_type = std::ptrdiff_t;

    const Row& operator*() const noexcept { return row_; }    ///< Lives until the next step.
    const Row* operator->() const noexcept { return &row_; }  ///< Lives until the next step.
    /// To the next row, which is the one before in a reverse scan.
    Iterator& operator++() {
      scan_->advance();
      load();
      return *this;
    }
    void operator++(int) { ++*this; }  ///< The same; a single pass has no place to give back.
    /// Whether the rows have ended, by an error or by themselves.
    bool operator==(std::default_sentinel_t) const noexcept { return !scan_->cursor_.valid(); }

   private:
    friend class Scan;
    explicit Iterator(Scan* scan) : scan_(scan) { load(); }
    void load() {
      if (scan_->cursor_.valid()) row_ = {scan_->cursor_.key(), scan_->cursor_.value()};
    }
    Scan* scan_;
    Row row_;
  };

  /// All of the rows of `cursor`, the last first if `reverse`.
  Scan(Cursor cursor, bool reverse) : cursor_(std::move(cursor)), reverse_(reverse) {}

  /// Starts the pass. Call once.
  Iterator begin() {
    reverse_ ? cursor_.seek_to_last() : cursor_.seek_to_first();
    return Iterator(this);
  }
  std::default_sentinel_t end() const noexcept { return {}; }  ///< Where a pass ends.

  /// What the row that the pass is at has beside its value; lives until the next step.
  const RowAttributes& attributes() const noexcept { return cursor_.attributes(); }

  /// Why the scan ended early; nothing if it ran to its end.
  const std::optional<Error>& error() const noexcept { return cursor_.error(); }

 private:
  void advance() { reverse_ ? cursor_.previous() : cursor_.next(); }

  Cursor cursor_;
  bool reverse_;
};

}  // namespace quartz
