#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "quartz/result.hpp"
#include "server/service/row_cursor.hpp"

namespace quartz::server {

/// Elements of a collection one after another, whose number is known before they are read. Where
/// there are none it is empty. Writes of the transaction to them end it. Threads: one at a time.
class ElementRange {
 public:
  ElementRange() = default;
  ElementRange(std::uint64_t count, RowCursor cursor)
      : count_(count), cursor_(std::in_place, std::move(cursor)) {}

  /// Of all of them, whether they have been passed or not.
  std::uint64_t count() const noexcept { return count_; }
  /// Never more often true than `count()`.
  bool valid() const noexcept { return passed_ < count_ && cursor_->valid(); }
  // Need `valid()`; live until the next move.
  /// What comes behind the generation: a member, a field, or the index of a list.
  std::string_view key() const noexcept;
  std::string_view value() const noexcept { return cursor_->value(); }
  void next() {
    cursor_->next();
    ++passed_;
  }
  /// After the last one: `corruption` if there were fewer than `count()`. That is also what it
  /// looks like when somebody came between, which the commit then tells of.
  Result<void> finish() const;

 private:
  std::uint64_t count_ = 0;
  std::uint64_t passed_ = 0;
  std::optional<RowCursor> cursor_;
};

}  // namespace quartz::server
