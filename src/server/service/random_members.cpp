#include "server/service/random_members.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/random.hpp"
#include "base/try.hpp"

namespace quartz::server::members {
namespace {

/// A scan reads neighbours for so much less than what a drawn member costs.
constexpr std::uint64_t kScannedPerDrawn = 16;
/// Draws of a byte until one that begins members is taken for want of a better one.
constexpr int kByteDrawsMax = 4;

Random& random_bits() {
  thread_local Random random{std::random_device{}()};
  return random;
}

std::string_view member_at(const RowCursor& cursor) noexcept {
  return cursor.key().substr(DatabaseView::kElementPrefixBytes);
}

Member copy_of(const RowCursor& cursor) {
  return {std::string(member_at(cursor)), std::string(cursor.value())};
}

Error none_there() { return {Errc::corruption, "a collection has no elements"}; }

bool scan_is_cheaper(std::uint64_t size, std::uint64_t count) noexcept {
  return size <= kExactCountMax || count >= size / kScannedPerDrawn;
}

/// Keys behind all those that begin with `prefix`; empty if there cannot be any.
std::string behind_all(std::string_view prefix) {
  std::string behind(prefix);
  while (!behind.empty() && behind.back() == '\xFF') behind.pop_back();
  if (!behind.empty()) ++behind.back();
  return behind;
}

/// A walk from the first byte of a member to its last, by drawn bytes.
class Draw {
 public:
  Draw(DatabaseView& view, const CollectionHead& head) : view_(view), head_(head) {}

  Result<Member> run() {
    for (std::string prefix;;) {
      const std::string end = behind_all(prefix);
      RowCursor first = view_.elements(head_, prefix, end);
      RowCursor last = view_.elements(head_, prefix, end, RowCursor::Order::reverse);
      if (first.error()) return *first.error();
      if (last.error()) return *last.error();
      if (!first.valid() || !last.valid()) return none_there();
      const std::string_view low = member_at(first);
      const std::string_view high = member_at(last);
      if (low == high) return copy_of(first);
      const auto differ = std::ranges::mismatch(low, high).in1;
      prefix.assign(low.begin(), differ);
      // The member that is the beginning of the others counts as one more byte.
      const bool ends_here = differ == low.end();
      const int low_byte = ends_here ? -1 : static_cast<unsigned char>(*differ);
      const int high_byte = static_cast<unsigned char>(high[prefix.size()]);
      QUARTZ_ASSIGN(const int byte, draw_byte(prefix, low_byte, high_byte));
      if (byte < 0) return copy_of(first);
      prefix += static_cast<char>(byte);
    }
  }

 private:
  /// A byte that follows `prefix` in some member; -1: that it is a whole one.
  Result<int> draw_byte(const std::string& prefix, int low, int high) {
    int found = low;
    for (int attempt = 0; attempt < kByteDrawsMax; ++attempt) {
      const int choices = high - low + 1;
      const int drawn =
          low + static_cast<int>(random_bits().below(static_cast<std::uint64_t>(choices)));
      if (drawn == low || drawn == high) return drawn;
      RowCursor cursor = view_.elements(head_, prefix + static_cast<char>(drawn));
      if (cursor.error()) return *cursor.error();
      // What was there a moment ago may be gone; the commit tells of that.
      if (!cursor.valid() || !member_at(cursor).starts_with(prefix)) return high;
      if (member_at(cursor).size() == prefix.size()) return high;
      found = static_cast<unsigned char>(member_at(cursor)[prefix.size()]);
      if (found == drawn) return found;
    }
    return found;
  }

  DatabaseView& view_;
  const CollectionHead& head_;
};

/// Each of `size` in the order in which a scan meets them, with the same probability.
Result<std::vector<Member>> sample_by_scan(DatabaseView& view, const CollectionHead& head,
                                           std::uint64_t count) {
  std::vector<Member> sample;
  std::uint64_t left = head.count;
  RowCursor cursor = view.elements(head);
  for (; cursor.valid() && left > 0 && sample.size() < count; cursor.next(), --left) {
    if (random_bits().below(left) < count - sample.size()) sample.push_back(copy_of(cursor));
  }
  if (cursor.error()) return *cursor.error();
  return sample;
}

}  // namespace

Result<std::vector<Member>> pick_different(DatabaseView& view, const CollectionHead& head,
                                           std::uint64_t count) {
  if (scan_is_cheaper(head.count, count)) return sample_by_scan(view, head, count);
  std::vector<Member> picked;
  std::unordered_set<std::string> seen;
  // Where few members are likely the draws may fail to find others; then any will do.
  for (std::uint64_t draws = 0; picked.size() < count && draws < 4 * count; ++draws) {
    QUARTZ_ASSIGN(Member member, Draw(view, head).run());
    if (seen.insert(member.member).second) picked.push_back(std::move(member));
  }
  RowCursor cursor = view.elements(head);
  for (; cursor.valid() && picked.size() < count; cursor.next()) {
    if (!seen.contains(std::string(member_at(cursor)))) picked.push_back(copy_of(cursor));
  }
  if (cursor.error()) return *cursor.error();
  return picked;
}

Result<void> DrawnBytes::add(std::size_t bytes) {
  // Each has a place of its own besides.
  bytes_ += bytes + sizeof(Member);
  if (bytes_ <= kMax) return {};
  return Error(Errc::invalid_argument, "value is out of range");
}

Result<std::vector<Member>> pick_repeatedly(DatabaseView& view, const CollectionHead& head,
                                            std::uint64_t count) {
  std::vector<Member> picked;
  DrawnBytes drawn;
  if (!scan_is_cheaper(head.count, count)) {
    for (std::uint64_t i = 0; i < count; ++i) {
      QUARTZ_ASSIGN(Member member, Draw(view, head).run());
      QUARTZ_TRY(drawn.add(member.member.size() + member.value.size()));
      picked.push_back(std::move(member));
    }
    return picked;
  }
  QUARTZ_ASSIGN(const auto all, sample_by_scan(view, head, head.count));
  if (all.empty()) return none_there();
  for (std::uint64_t i = 0; i < count; ++i) {
    const Member& member = all[random_bits().below(all.size())];
    QUARTZ_TRY(drawn.add(member.member.size() + member.value.size()));
    picked.push_back(member);
  }
  return picked;
}

Result<std::vector<Member>> pick(DatabaseView& view, RowKind kind, std::string_view key,
                                 std::uint64_t count, Repeats repeats) {
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key));
  if (!head || count == 0) return std::vector<Member>();
  if (repeats == Repeats::allowed) return pick_repeatedly(view, *head, count);
  return pick_different(view, *head, count);
}

}  // namespace quartz::server::members
