#include "server/service/lists.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "server/service/list_positions.hpp"

namespace quartz::server::lists {
namespace {

std::string_view push_event(End end) noexcept { return end == End::left ? "lpush" : "rpush"; }
std::string_view pop_event(End end) noexcept { return end == End::left ? "lpop" : "rpop"; }

/// Makes room for one more value; where it goes.
std::uint64_t grow(CollectionHead& head, End end) noexcept {
  if (end == End::left) --head.first_index;
  ++head.count;
  return end == End::left ? head.first_index : head.first_index + head.count - 1;
}
/// Gives up the value at that end; where it was. There must be one.
std::uint64_t shrink(CollectionHead& head, End end) noexcept {
  --head.count;
  return end == End::left ? head.first_index++ : head.first_index + head.count;
}
std::uint64_t index_at(const CollectionHead& head, End end) noexcept {
  return end == End::left ? head.first_index : head.first_index + head.count - 1;
}

void put(DatabaseView& view, const CollectionHead& head, std::uint64_t index,
         std::string_view value) {
  view.put_element(head, element_of(index), value);
}

Result<void> put_shrunk(DatabaseView& view, std::string_view key, const CollectionHead& head,
                        std::string_view event) {
  QUARTZ_TRY(view.put_head(RowKind::list, key, head));
  view.announce(KeyEventClass::list, event, key);
  if (head.count == 0) view.announce(KeyEventClass::generic, "del", key);
  return {};
}

/// Within one list, whose length stays, so that it never vanishes in between.
Result<std::string> rotate(DatabaseView& view, std::string_view key, CollectionHead head, End from,
                           End to) {
  const std::uint64_t index = index_at(head, from);
  QUARTZ_ASSIGN(const VisibleRow row, read_value(view, head, index));
  std::string value(row.value);
  if (from != to) {
    shrink(head, from);
    const std::uint64_t target = grow(head, to);
    QUARTZ_TRY(view.put_head(RowKind::list, key, head));
    view.remove_element(head, element_of(index));
    put(view, head, target, value);
  } else {
    QUARTZ_TRY(view.put_head(RowKind::list, key, head));
  }
  view.announce(KeyEventClass::list, push_event(to), key);
  view.announce(KeyEventClass::list, pop_event(from), key);
  return value;
}

}  // namespace

Result<std::uint64_t> push(DatabaseView& view, std::string_view key, End end,
                           std::span<const std::string_view> values, Push push) {
  QUARTZ_ASSIGN(auto head, view.find_head(RowKind::list, key));
  if (!head) {
    if (push == Push::only_existing) return 0;
    QUARTZ_ASSIGN(head, view.new_head());
  }
  const CollectionHead before = *head;
  for (std::size_t i = 0; i < values.size(); ++i) grow(*head, end);
  QUARTZ_TRY(view.put_head(RowKind::list, key, *head));
  CollectionHead growing = before;
  for (const std::string_view value : values) put(view, *head, grow(growing, end), value);
  view.announce(KeyEventClass::list, push_event(end), key);
  return head->count;
}

Result<std::optional<std::vector<std::string>>> pop(DatabaseView& view, std::string_view key,
                                                    End end, std::uint64_t count) {
  using Popped = std::optional<std::vector<std::string>>;
  QUARTZ_ASSIGN(auto head, view.find_head(RowKind::list, key));
  if (!head) return Popped();
  Popped popped(std::in_place);
  if (count == 0) return popped;
  count = std::min(count, head->count);
  std::vector<std::uint64_t> indexes;
  for (std::uint64_t i = 0; i < count; ++i) {
    indexes.push_back(shrink(*head, end));
    QUARTZ_ASSIGN(const VisibleRow row, read_value(view, *head, indexes.back()));
    popped->emplace_back(row.value);
  }
  QUARTZ_TRY(put_shrunk(view, key, *head, pop_event(end)));
  if (head->count == 0) return popped;
  for (const std::uint64_t index : indexes) view.remove_element(*head, element_of(index));
  return popped;
}

Result<std::optional<std::string>> move(DatabaseView& view, std::string_view from, End from_end,
                                        std::string_view to, End to_end) {
  QUARTZ_ASSIGN(auto source, view.find_head(RowKind::list, from));
  if (!source) return std::optional<std::string>();
  if (from == to) {
    QUARTZ_ASSIGN(std::string value, rotate(view, from, *source, from_end, to_end));
    return std::optional(std::move(value));
  }
  QUARTZ_ASSIGN(auto target, view.find_head(RowKind::list, to));
  if (!target) {
    QUARTZ_ASSIGN(target, view.new_head());
  }
  const std::uint64_t index = shrink(*source, from_end);
  QUARTZ_ASSIGN(const VisibleRow row, read_value(view, *source, index));
  std::string value(row.value);
  const std::uint64_t target_index = grow(*target, to_end);
  QUARTZ_TRY(view.put_head(RowKind::list, to, *target));
  put(view, *target, target_index, value);
  view.announce(KeyEventClass::list, push_event(to_end), to);
  QUARTZ_TRY(put_shrunk(view, from, *source, pop_event(from_end)));
  if (source->count != 0) view.remove_element(*source, element_of(index));
  return std::optional(std::move(value));
}

Result<std::uint64_t> count(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto head,
                view.find_head(RowKind::list, key, Transaction::Look::independent));
  return head ? head->count : 0;
}

Result<ElementRange> range(DatabaseView& view, std::string_view key, std::int64_t first,
                           std::int64_t last) {
  QUARTZ_ASSIGN(const auto head, view.find_head(RowKind::list, key));
  if (!head) return ElementRange();
  const auto span = span_of(head->count, first, last);
  if (!span) return ElementRange();
  return values_of(view, *head, *span);
}

// The head must not change: an index that it leads to means another position a moment later.
Result<std::optional<VisibleRow>> at(DatabaseView& view, std::string_view key,
                                     std::int64_t position) {
  QUARTZ_ASSIGN(const auto head, view.find_head(RowKind::list, key));
  if (!head) return std::optional<VisibleRow>();
  const auto found = position_of(head->count, position);
  if (!found) return std::optional<VisibleRow>();
  QUARTZ_ASSIGN(VisibleRow row, read_value(view, *head, head->first_index + *found));
  return std::optional(std::move(row));
}

Result<void> set(DatabaseView& view, std::string_view key, std::int64_t position,
                 std::string_view value) {
  QUARTZ_ASSIGN(const auto head, view.find_head(RowKind::list, key));
  if (!head) return Error(Errc::not_found, "no such key");
  const auto found = position_of(head->count, position);
  if (!found) return Error(Errc::invalid_argument, "index out of range");
  QUARTZ_TRY(view.put_head(RowKind::list, key, *head));
  put(view, *head, head->first_index + *found, value);
  view.announce(KeyEventClass::list, "lset", key);
  return {};
}

Result<void> trim(DatabaseView& view, std::string_view key, std::int64_t first, std::int64_t last) {
  QUARTZ_ASSIGN(const auto old, view.find_head(RowKind::list, key));
  if (!old) return {};
  const Span kept = span_of(old->count, first, last).value_or(Span{});
  CollectionHead head = *old;
  head.first_index += kept.first;
  head.count = kept.count;
  QUARTZ_TRY(put_shrunk(view, key, head, "ltrim"));
  if (head.count == 0) return {};
  for (std::uint64_t position = 0; position < kept.first; ++position) {
    view.remove_element(head, element_of(old->first_index + position));
  }
  for (std::uint64_t position = kept.first + kept.count; position < old->count; ++position) {
    view.remove_element(head, element_of(old->first_index + position));
  }
  return {};
}

Result<void> replace(DatabaseView& view, std::string_view key,
                     std::span<const std::string_view> values, std::string_view event,
                     KeyEventClass what) {
  QUARTZ_ASSIGN(const auto old, view.find(key));
  if (values.empty()) {
    if (!old) return {};
    view.erase(key, *old);
    view.announce(KeyEventClass::generic, "del", key);
    return {};
  }
  QUARTZ_ASSIGN(CollectionHead head, view.new_head());
  head.count = values.size();
  if (old) view.erase(key, *old);
  QUARTZ_TRY(view.put_head(RowKind::list, key, head));
  for (std::size_t i = 0; i < values.size(); ++i) put(view, head, head.first_index + i, values[i]);
  view.announce(what, event, key);
  return {};
}

}  // namespace quartz::server::lists
