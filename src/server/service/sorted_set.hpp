#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/service/collection_head.hpp"
#include "server/service/database_view.hpp"
#include "server/service/row_cursor.hpp"

namespace quartz::server {

struct ScoredMember {
  std::string member;
  double score = 0;
};

struct ScoreBound {
  double score = 0;
  bool exclusive = false;
};
/// Scores between two bounds; nothing if they are the wrong way round.
struct ScoreRange {
  ScoreBound min;
  ScoreBound max;
};

struct MemberBound {
  enum class Kind : std::uint8_t { lowest, inclusive, exclusive, highest };
  Kind kind = Kind::inclusive;
  std::string_view member = {};
};
/// Members between two bounds in the order of their bytes, whatever their scores.
struct MemberRange {
  MemberBound min;
  MemberBound max;
};

/// Members of a sorted set one after another. As `RowCursor`: writes after it began are not seen.
class MemberCursor {
 public:
  /// None at all.
  MemberCursor() = default;
  /// Over rows by score, or by member.
  MemberCursor(RowCursor rows, bool by_score) : rows_(std::move(rows)), by_score_(by_score) {}

  bool valid() const noexcept { return rows_ && rows_->valid(); }
  // Need `valid()`; the member lives until the next move.
  std::string_view member() const noexcept;
  double score() const noexcept;
  void next() { rows_->next(); }
  /// Once it is not valid: the error that ended it, if one did.
  Result<void> end() const;

 private:
  std::optional<RowCursor> rows_;
  bool by_score_ = true;
};

/// A sorted set while one operation works on it: keeps the two rows of each member, by which it is
/// found and by which it is ordered, and the count in step. The view and the key must outlive it.
///
/// Members of the same score lie in the order of their bytes. Scores are never NaN; -0 becomes 0.
class SortedSet {
 public:
  using Look = Transaction::Look;
  using Order = RowCursor::Order;

  /// One without members if there is no such key. `wrong_kind` if it holds something else.
  static Result<SortedSet> open(DatabaseView& view, std::string_view key,
                                Look look = Look::depending);
  /// The one that the key shall hold in place of whatever it does.
  static Result<SortedSet> replace(DatabaseView& view, std::string_view key);

  std::uint64_t count() const noexcept { return head_ ? head_->count : 0; }
  /// Nothing if it is no member.
  Result<std::optional<double>> score(std::string_view member);
  /// `old` is what `score` answered.
  Result<void> put(std::string_view member, const std::optional<double>& old, double score);
  void remove(std::string_view member, double score);
  /// Makes the changes since `open` take effect, if there are any, and announces them.
  Result<void> save(std::string_view event, KeyEventClass what = KeyEventClass::sorted_set);

  MemberCursor in_order(Order order = Order::forward);
  MemberCursor within(const ScoreRange& range, Order order = Order::forward);
  MemberCursor within(const MemberRange& range, Order order = Order::forward);
  /// Members in the order of their bytes, from `member` on.
  MemberCursor from(std::string_view member);

 private:
  SortedSet(DatabaseView& view, std::string_view key, std::optional<CollectionHead> head) noexcept
      : view_(&view), key_(key), head_(head) {}
  MemberCursor rows(const std::string& first, const std::string& last, Order order);

  DatabaseView* view_;
  std::string_view key_;
  std::optional<CollectionHead> head_;
  bool changed_ = false;
};

/// `too_large` if the member is longer than the server takes.
Result<void> check_member(std::string_view member);

}  // namespace quartz::server
