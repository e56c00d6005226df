#include "server/service/sets.hpp"

#include <algorithm>
#include <utility>

#include "base/try.hpp"
#include "server/service/random_members.hpp"

namespace quartz::server::sets {
namespace {

constexpr members::Removal kRemoval{.what = KeyEventClass::set, .event = "srem"};

using Heads = std::vector<std::optional<CollectionHead>>;

Result<Heads> find_heads(DatabaseView& view, Keys keys) {
  Heads heads;
  for (const std::string_view key : keys) {
    QUARTZ_ASSIGN(const auto head, view.find_head(RowKind::set, key));
    heads.push_back(head);
  }
  return heads;
}

enum class Holds : std::uint8_t { all, none };

/// Whether of these sets all hold the member, or none does.
Result<bool> holds(DatabaseView& view, std::span<const CollectionHead> heads, Holds which,
                   std::string_view member) {
  for (const CollectionHead& head : heads) {
    QUARTZ_ASSIGN(const auto row, view.find_element(head, member));
    if (row.has_value() != (which == Holds::all)) return false;
  }
  return true;
}

/// Those members of `scanned` that the others hold, or do not.
Result<std::vector<std::string>> filtered(DatabaseView& view, const CollectionHead& scanned,
                                          std::span<const CollectionHead> others, Holds which,
                                          std::uint64_t count_max) {
  std::vector<std::string> found;
  ElementRange range(scanned.count, view.elements(scanned));
  for (; range.valid() && found.size() < count_max; range.next()) {
    QUARTZ_ASSIGN(const bool held, holds(view, others, which, range.key()));
    if (held) found.emplace_back(range.key());
  }
  if (found.size() < count_max) QUARTZ_TRY(range.finish());
  return found;
}

Result<void> write(DatabaseView& view, std::string_view key, CollectionHead& head, Members added) {
  head.count += added.size();
  QUARTZ_TRY(view.put_head(RowKind::set, key, head));
  for (const std::string_view member : added) view.put_element(head, member, {});
  view.announce(KeyEventClass::set, "sadd", key);
  return {};
}

}  // namespace

Result<std::uint64_t> add(DatabaseView& view, std::string_view key, Members members) {
  QUARTZ_TRY(members::check_sizes(members));
  QUARTZ_ASSIGN(CollectionHead head, members::head_for_writing(view, RowKind::set, key));
  QUARTZ_ASSIGN(const auto added, members::absent(view, head, members));
  if (!added.empty()) QUARTZ_TRY(write(view, key, head, added));
  return added.size();
}

Result<std::uint64_t> remove(DatabaseView& view, std::string_view key, Members members) {
  return members::remove(view, RowKind::set, key, members, kRemoval);
}

Result<bool> move(DatabaseView& view, std::string_view from, std::string_view to,
                  std::string_view member) {
  QUARTZ_ASSIGN(const auto source, view.find_head(RowKind::set, from));
  if (!source) return false;
  QUARTZ_ASSIGN(CollectionHead target, members::head_for_writing(view, RowKind::set, to));
  QUARTZ_ASSIGN(const auto held, members::find_in(view, *source, member));
  if (!held) return false;
  if (from == to) return true;
  QUARTZ_ASSIGN(const auto added, members::absent(view, target, {&member, 1}));
  QUARTZ_TRY(members::remove(view, RowKind::set, from, {&member, 1}, kRemoval));
  if (!added.empty()) QUARTZ_TRY(write(view, to, target, added));
  return true;
}

Result<std::vector<std::string>> pop(DatabaseView& view, std::string_view key,
                                     std::uint64_t count) {
  std::vector<std::string> popped;
  QUARTZ_ASSIGN(auto head, view.find_head(RowKind::set, key));
  if (!head || count == 0) return popped;
  QUARTZ_ASSIGN(auto picked, members::pick_different(view, *head, count));
  const bool whole = picked.size() >= head->count;
  head->count = whole ? 0 : head->count - picked.size();
  QUARTZ_TRY(view.put_head(RowKind::set, key, *head));
  for (members::Member& member : picked) {
    if (!whole) view.remove_element(*head, member.member);
    popped.push_back(std::move(member.member));
  }
  view.announce(KeyEventClass::set, "spop", key);
  if (whole) view.announce(KeyEventClass::generic, "del", key);
  return popped;
}

Result<bool> contains(DatabaseView& view, std::string_view key, std::string_view member) {
  QUARTZ_ASSIGN(const auto row, members::find(view, RowKind::set, key, member));
  return row.has_value();
}

Result<std::vector<bool>> contains_each(DatabaseView& view, std::string_view key, Members members) {
  QUARTZ_ASSIGN(const auto rows, members::find_each(view, RowKind::set, key, members));
  std::vector<bool> held;
  held.reserve(rows.size());
  for (const auto& row : rows) held.push_back(row.has_value());
  return held;
}

Result<ElementRange> all(DatabaseView& view, std::string_view key) {
  return members::all(view, RowKind::set, key);
}

Result<std::uint64_t> count(DatabaseView& view, std::string_view key) {
  return members::count(view, RowKind::set, key);
}

Result<std::vector<std::string>> intersection(DatabaseView& view, Keys keys,
                                              std::uint64_t count_max) {
  QUARTZ_ASSIGN(const Heads found, find_heads(view, keys));
  std::vector<CollectionHead> heads;
  for (const auto& head : found) {
    if (!head) return std::vector<std::string>();
    heads.push_back(*head);
  }
  if (heads.empty()) return std::vector<std::string>();
  std::ranges::sort(heads, {}, &CollectionHead::count);
  return filtered(view, heads[0], std::span(heads).subspan(1), Holds::all, count_max);
}

Result<std::vector<std::string>> united(DatabaseView& view, Keys keys) {
  QUARTZ_ASSIGN(const Heads heads, find_heads(view, keys));
  std::vector<ElementRange> ranges;
  for (const auto& head : heads) {
    if (head) ranges.emplace_back(head->count, view.elements(*head));
  }
  std::vector<std::string> found;
  for (;;) {
    const ElementRange* least = nullptr;
    for (const ElementRange& range : ranges) {
      if (range.valid() && (least == nullptr || range.key() < least->key())) least = &range;
    }
    if (least == nullptr) break;
    found.emplace_back(least->key());
    for (ElementRange& range : ranges) {
      if (range.valid() && range.key() == found.back()) range.next();
    }
  }
  for (const ElementRange& range : ranges) QUARTZ_TRY(range.finish());
  return found;
}

Result<std::vector<std::string>> difference(DatabaseView& view, Keys keys) {
  QUARTZ_ASSIGN(const Heads heads, find_heads(view, keys));
  if (heads.empty() || !heads[0]) return std::vector<std::string>();
  std::vector<CollectionHead> others;
  for (const auto& head : std::span(heads).subspan(1)) {
    if (head) others.push_back(*head);
  }
  return filtered(view, *heads[0], others, Holds::none, std::numeric_limits<std::uint64_t>::max());
}

Result<void> replace(DatabaseView& view, std::string_view key,
                     const std::vector<std::string>& members, std::string_view event,
                     KeyEventClass what) {
  QUARTZ_ASSIGN(const auto old, view.find(key));
  QUARTZ_ASSIGN(CollectionHead head, view.new_head());
  if (old) view.erase(key, *old);
  if (members.empty()) {
    if (old) view.announce(KeyEventClass::generic, "del", key);
    return {};
  }
  head.count = members.size();
  QUARTZ_TRY(view.put_head(RowKind::set, key, head));
  for (const std::string& member : members) view.put_element(head, member, {});
  view.announce(what, event, key);
  return {};
}

}  // namespace quartz::server::sets
