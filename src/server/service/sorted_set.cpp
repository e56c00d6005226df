#include "server/service/sorted_set.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/score_bytes.hpp"

namespace quartz::server {
namespace {

// What the rows of a sorted set begin with behind the generation, and what is behind all of a sort.
constexpr char kByMember = 'm';
constexpr char kByScore = 's';
constexpr std::string_view kBehindMembers = "n";
constexpr std::string_view kBehindScores = "t";
constexpr std::size_t kMemberOffset = 1;
constexpr std::size_t kScoredMemberOffset = 1 + 8;

std::string member_key(std::string_view member) {
  std::string key(1, kByMember);
  key += member;
  return key;
}

/// `beyond`: of the scores above it.
std::string score_key(double score, bool beyond = false) {
  std::string key(1, kByScore);
  append_big_endian(key, ordered_bits(score) + (beyond ? 1 : 0));
  return key;
}

std::string score_key(double score, std::string_view member) {
  std::string key = score_key(score);
  key += member;
  return key;
}

/// Without the sign of 0, by which members of equal scores would not lie together.
double unsigned_zero(double score) noexcept { return score == 0 ? 0.0 : score; }

std::string first_key(const MemberBound& min) {
  if (min.kind == MemberBound::Kind::lowest) return std::string(1, kByMember);
  if (min.kind == MemberBound::Kind::highest) return std::string(kBehindMembers);
  std::string key = member_key(min.member);
  if (min.kind == MemberBound::Kind::exclusive) key += '\0';
  return key;
}

std::string last_key(const MemberBound& max) {
  if (max.kind == MemberBound::Kind::lowest) return std::string(1, kByMember);
  if (max.kind == MemberBound::Kind::highest) return std::string(kBehindMembers);
  std::string key = member_key(max.member);
  if (max.kind == MemberBound::Kind::inclusive) key += '\0';
  return key;
}

}  // namespace

Result<void> check_member(std::string_view member) {
  if (member.size() <= kMemberBytesMax) return {};
  return Error(Errc::too_large,
               fmt::format("member of {} bytes is longer than {}", member.size(), kMemberBytesMax));
}

std::string_view MemberCursor::member() const noexcept {
  return rows_->key().substr(DatabaseView::kElementPrefixBytes +
                             (by_score_ ? kScoredMemberOffset : kMemberOffset));
}

double MemberCursor::score() const noexcept {
  if (!by_score_) return rows_->value().size() == 8 ? score_of(read_big_endian(rows_->value())) : 0;
  return score_of(read_big_endian(rows_->key().substr(DatabaseView::kElementPrefixBytes + 1)));
}

Result<void> MemberCursor::end() const {
  if (rows_ && rows_->error()) return *rows_->error();
  return {};
}

Result<SortedSet> SortedSet::open(DatabaseView& view, std::string_view key, Look look) {
  QUARTZ_ASSIGN(auto head, view.find_head(RowKind::sorted_set, key, look));
  return SortedSet(view, key, head);
}

Result<SortedSet> SortedSet::replace(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (row) view.erase(key, *row);
  SortedSet set(view, key, std::nullopt);
  set.changed_ = row.has_value();
  return set;
}

Result<std::optional<double>> SortedSet::score(std::string_view member) {
  if (!head_) return std::optional<double>();
  QUARTZ_ASSIGN(const auto row, view_->find_element(*head_, member_key(member)));
  if (!row) return std::optional<double>();
  if (row->value.size() != 8) {
    return Error(Errc::corruption, fmt::format("key \"{}\": a score is damaged", key_));
  }
  return std::optional(score_of(read_big_endian(row->value)));
}

Result<void> SortedSet::put(std::string_view member, const std::optional<double>& old,
                            double score) {
  QUARTZ_CHECK(!std::isnan(score));
  if (!head_) {
    QUARTZ_ASSIGN(head_, view_->new_head());
  }
  if (old) {
    view_->remove_element(*head_, score_key(*old, member));
  } else {
    ++head_->count;
  }
  score = unsigned_zero(score);
  std::string bits;
  append_big_endian(bits, ordered_bits(score));
  view_->put_element(*head_, member_key(member), bits);
  view_->put_element(*head_, score_key(score, member), {});
  changed_ = true;
  return {};
}

void SortedSet::remove(std::string_view member, double score) {
  view_->remove_element(*head_, member_key(member));
  view_->remove_element(*head_, score_key(score, member));
  --head_->count;
  changed_ = true;
}

Result<void> SortedSet::save(std::string_view event, KeyEventClass what) {
  if (!changed_) return {};
  changed_ = false;
  const bool ends = count() == 0;
  const bool had_members = head_.has_value();
  if (had_members) {
    QUARTZ_TRY(view_->put_head(RowKind::sorted_set, key_, *head_));
    view_->announce(what, event, key_);
  }
  if (ends) view_->announce(KeyEventClass::generic, "del", key_);
  return {};
}

MemberCursor SortedSet::rows(const std::string& first, const std::string& last, Order order) {
  if (!head_ || first >= last) return {};
  return {view_->elements(*head_, first, last, order), first[0] == kByScore};
}

MemberCursor SortedSet::in_order(Order order) {
  return rows(std::string(1, kByScore), std::string(kBehindScores), order);
}

MemberCursor SortedSet::within(const ScoreRange& range, Order order) {
  if (range.min.score > range.max.score) return {};
  return rows(score_key(unsigned_zero(range.min.score), range.min.exclusive),
              score_key(unsigned_zero(range.max.score), !range.max.exclusive), order);
}

MemberCursor SortedSet::within(const MemberRange& range, Order order) {
  return rows(first_key(range.min), last_key(range.max), order);
}

MemberCursor SortedSet::from(std::string_view member) {
  return rows(member_key(member), std::string(kBehindMembers), Order::forward);
}

}  // namespace quartz::server
