#include "server/service/sorted_set_ranges.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "base/try.hpp"

namespace quartz::server::sorted_sets {
namespace {

using Order = SortedSet::Order;
using Members = std::vector<ScoredMember>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr Order opposite(Order order) noexcept {
  return order == Order::forward ? Order::reverse : Order::forward;
}

Result<Members> take(MemberCursor cursor, std::uint64_t skipped, std::uint64_t limit) {
  Members members;
  for (; cursor.valid() && skipped > 0; --skipped) cursor.next();
  for (; cursor.valid() && members.size() < limit; cursor.next()) {
    members.push_back({std::string(cursor.member()), cursor.score()});
  }
  QUARTZ_TRY(cursor.end());
  return members;
}

Result<Members> by_rank(SortedSet& set, const RankRange& range, Order order) {
  const auto count = static_cast<std::int64_t>(set.count());
  const auto position = [count](std::int64_t rank) { return rank < 0 ? rank + count : rank; };
  const std::int64_t first = std::max<std::int64_t>(0, position(range.first));
  const std::int64_t last = std::min(count - 1, position(range.last));
  if (first > last) return Members();
  const auto wanted = static_cast<std::uint64_t>(last - first + 1);
  const std::int64_t behind = count - 1 - last;
  if (first <= behind) return take(set.in_order(order), static_cast<std::uint64_t>(first), wanted);
  QUARTZ_ASSIGN(Members members,
                take(set.in_order(opposite(order)), static_cast<std::uint64_t>(behind), wanted));
  std::ranges::reverse(members);
  return members;
}

Result<Members> members_in(SortedSet& set, const Range& range, Order order, const Slice& slice) {
  if (const auto* const ranks = std::get_if<RankRange>(&range)) return by_rank(set, *ranks, order);
  if (slice.offset < 0) return Members();
  const auto limit = slice.limit < 0 ? std::numeric_limits<std::uint64_t>::max()
                                     : static_cast<std::uint64_t>(slice.limit);
  const auto offset = static_cast<std::uint64_t>(slice.offset);
  if (const auto* const scores = std::get_if<ScoreRange>(&range)) {
    return take(set.within(*scores, order), offset, limit);
  }
  return take(set.within(std::get<MemberRange>(range), order), offset, limit);
}

}  // namespace

Result<Members> range(DatabaseView& view, std::string_view key, const Range& range, Order order,
                      const Slice& slice) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  return members_in(set, range, order, slice);
}

Result<std::uint64_t> count_in(DatabaseView& view, std::string_view key, const Range& range) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  MemberCursor cursor;
  if (const auto* const scores = std::get_if<ScoreRange>(&range)) {
    if (scores->min.score == -kInfinity && scores->max.score == kInfinity &&
        !scores->min.exclusive && !scores->max.exclusive) {
      return set.count();
    }
    cursor = set.within(*scores);
  } else if (const auto* const members = std::get_if<MemberRange>(&range)) {
    cursor = set.within(*members);
  } else {
    QUARTZ_ASSIGN(const Members found, by_rank(set, std::get<RankRange>(range), Order::forward));
    return found.size();
  }
  std::uint64_t count = 0;
  for (; cursor.valid(); cursor.next()) ++count;
  QUARTZ_TRY(cursor.end());
  return count;
}

Result<std::uint64_t> remove_in(DatabaseView& view, std::string_view key, const Range& range,
                                std::string_view event) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  QUARTZ_ASSIGN(const Members members, members_in(set, range, Order::forward, {}));
  for (const ScoredMember& one : members) set.remove(one.member, one.score);
  QUARTZ_TRY(set.save(event));
  return members.size();
}

Result<std::optional<std::uint64_t>> rank(DatabaseView& view, std::string_view key,
                                          std::string_view member, Order order) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  QUARTZ_ASSIGN(const auto score, set.score(member));
  if (!score) return std::optional<std::uint64_t>();
  MemberCursor near = set.in_order(order);
  MemberCursor far = set.in_order(opposite(order));
  // From both ends in turns, so that the nearer one decides what it costs.
  for (std::uint64_t steps = 0; near.valid() && far.valid(); ++steps, near.next(), far.next()) {
    if (near.member() == member) return std::optional(steps);
    if (far.member() == member) return std::optional(set.count() - 1 - steps);
  }
  QUARTZ_TRY(near.end());
  QUARTZ_TRY(far.end());
  return Error(Errc::corruption, "a sorted set lacks a member's row by score");
}

}  // namespace quartz::server::sorted_sets
