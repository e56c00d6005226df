#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/list_positions.hpp"
#include "server/service/lists.hpp"

namespace quartz::server::lists {
namespace {

RowCursor::Order order_from(End end) noexcept {
  return end == End::left ? RowCursor::Order::forward : RowCursor::Order::reverse;
}

Result<std::vector<std::uint64_t>> positions_in(DatabaseView& view, const CollectionHead& head,
                                                std::string_view value, const Search& search) {
  std::vector<std::uint64_t> found;
  std::uint64_t skip = search.skip;
  ElementRange range = values_of(view, head, {.count = head.count}, order_from(search.from));
  std::uint64_t passed = 0;
  for (; range.valid() && passed < search.compared_max; range.next(), ++passed) {
    const std::uint64_t position = search.from == End::left ? passed : head.count - 1 - passed;
    if (read_big_endian(range.key()) != head.first_index + position) return value_missing();
    if (range.value() != value) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    found.push_back(position);
    if (found.size() == search.count_max) return found;
  }
  if (!range.valid()) QUARTZ_TRY(range.finish());
  return found;
}

/// The values there, except those at `left_out`, which is in order.
Result<std::vector<std::string>> values_without(DatabaseView& view, const CollectionHead& head,
                                                const Span& span,
                                                const std::vector<std::uint64_t>& left_out) {
  std::vector<std::string> values;
  ElementRange range = values_of(view, head, span);
  auto next = left_out.begin();
  for (std::uint64_t position = span.first; range.valid(); range.next(), ++position) {
    if (next != left_out.end() && *next == position) {
      ++next;
    } else {
      values.emplace_back(range.value());
    }
  }
  QUARTZ_TRY(range.finish());
  return values;
}

void put_from(DatabaseView& view, const CollectionHead& head, std::uint64_t position,
              const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    view.put_element(head, element_of(head.first_index + position++), value);
  }
}

/// Lets the values at `gone`, which is in order and not of all, make way to the nearer end.
Result<void> close_gaps(DatabaseView& view, std::string_view key, const CollectionHead& old,
                        const std::vector<std::uint64_t>& gone) {
  CollectionHead head = old;
  head.count -= gone.size();
  const bool from_left = gone.back() < old.count - gone.front();
  if (from_left) {
    head.first_index += gone.size();
    QUARTZ_ASSIGN(const auto moved, values_without(view, old, {.count = gone.back() + 1}, gone));
    QUARTZ_TRY(view.put_head(RowKind::list, key, head));
    put_from(view, head, 0, moved);
  } else {
    const Span rest{.first = gone.front(), .count = old.count - gone.front()};
    QUARTZ_ASSIGN(const auto moved, values_without(view, old, rest, gone));
    QUARTZ_TRY(view.put_head(RowKind::list, key, head));
    put_from(view, head, gone.front(), moved);
  }
  const std::uint64_t freed = from_left ? old.first_index : head.first_index + head.count;
  for (std::uint64_t i = 0; i < gone.size(); ++i) view.remove_element(head, element_of(freed + i));
  return {};
}

}  // namespace

Result<std::vector<std::uint64_t>> positions(DatabaseView& view, std::string_view key,
                                             std::string_view value, const Search& search) {
  QUARTZ_ASSIGN(const auto head, view.find_head(RowKind::list, key));
  if (!head) return std::vector<std::uint64_t>();
  return positions_in(view, *head, value, search);
}

Result<std::int64_t> insert(DatabaseView& view, std::string_view key, Side side,
                            std::string_view pivot, std::string_view value) {
  QUARTZ_ASSIGN(const auto old, view.find_head(RowKind::list, key));
  if (!old) return 0;
  QUARTZ_ASSIGN(const auto found, positions_in(view, *old, pivot, {}));
  if (found.empty()) return -1;
  const std::uint64_t position = found[0] + (side == Side::after ? 1 : 0);
  const bool to_left = position <= old->count / 2;
  const Span shifted =
      to_left ? Span{.count = position} : Span{.first = position, .count = old->count - position};
  QUARTZ_ASSIGN(auto moved, values_without(view, *old, shifted, {}));
  CollectionHead head = *old;
  ++head.count;
  if (to_left) --head.first_index;
  QUARTZ_TRY(view.put_head(RowKind::list, key, head));
  moved.insert(to_left ? moved.end() : moved.begin(), std::string(value));
  put_from(view, head, to_left ? 0 : position, moved);
  view.announce(KeyEventClass::list, "linsert", key);
  return static_cast<std::int64_t>(head.count);
}

Result<std::uint64_t> remove(DatabaseView& view, std::string_view key, std::string_view value,
                             End from, std::uint64_t count_max) {
  QUARTZ_ASSIGN(auto head, view.find_head(RowKind::list, key));
  if (!head) return 0;
  QUARTZ_ASSIGN(auto gone,
                positions_in(view, *head, value, {.count_max = count_max, .from = from}));
  if (gone.empty()) return 0;
  std::ranges::sort(gone);
  if (gone.size() == head->count) {
    head->count = 0;
    QUARTZ_TRY(view.put_head(RowKind::list, key, *head));
  } else {
    QUARTZ_TRY(close_gaps(view, key, *head, gone));
  }
  view.announce(KeyEventClass::list, "lrem", key);
  if (head->count == 0) view.announce(KeyEventClass::generic, "del", key);
  return gone.size();
}

}  // namespace quartz::server::lists
