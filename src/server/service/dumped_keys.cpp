#include "server/service/dumped_keys.hpp"

#include <string>
#include <vector>

#include "base/try.hpp"
#include "server/service/keys.hpp"
#include "server/service/lists.hpp"
#include "server/service/members.hpp"
#include "server/service/sets.hpp"
#include "server/service/sorted_set.hpp"
#include "server/service/strings.hpp"

namespace quartz::server::keys {
namespace {

using protocol::RedisValue;
using Kind = RedisValue::Kind;

constexpr std::string_view kEvent = "restore";

Result<RedisValue> contents_of_sorted_set(DatabaseView& view, std::string_view key) {
  RedisValue value{.kind = Kind::sorted_set};
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  MemberCursor member = set.in_order();
  for (; member.valid(); member.next()) {
    value.items.emplace_back(member.member());
    value.scores.push_back(member.score());
  }
  QUARTZ_TRY(member.end());
  return value;
}

Result<RedisValue> contents_of_list(DatabaseView& view, std::string_view key) {
  RedisValue value{.kind = Kind::list};
  QUARTZ_ASSIGN(ElementRange values, lists::range(view, key, 0, -1));
  for (; values.valid(); values.next()) value.items.emplace_back(values.value());
  QUARTZ_TRY(values.finish());
  return value;
}

Result<RedisValue> contents_of_members(DatabaseView& view, RowKind kind, std::string_view key) {
  const bool paired = kind == RowKind::hash;
  RedisValue value{.kind = paired ? Kind::hash : Kind::set};
  QUARTZ_ASSIGN(ElementRange range, members::all(view, kind, key));
  for (; range.valid(); range.next()) {
    value.items.emplace_back(range.key());
    if (paired) value.items.emplace_back(range.value());
  }
  QUARTZ_TRY(range.finish());
  return value;
}

Result<RedisValue> contents_of_row(DatabaseView& view, std::string_view key,
                                   const VisibleRow& row) {
  QUARTZ_TRY(check_copyable(row.kind()));
  switch (row.kind()) {
    case RowKind::string:
      return RedisValue{.kind = Kind::string, .items = {std::string(row.value)}};
    case RowKind::list:
      return contents_of_list(view, key);
    case RowKind::sorted_set:
      return contents_of_sorted_set(view, key);
    case RowKind::hash:
    case RowKind::set:
    case RowKind::vector_set:  // Refused above.
      break;
  }
  return contents_of_members(view, row.kind(), key);
}

Result<void> restore_sorted_set(DatabaseView& view, std::string_view key, const RedisValue& value) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::replace(view, key));
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    QUARTZ_TRY(set.put(value.items[i], std::nullopt, value.scores[i]));
  }
  return set.save(kEvent, KeyEventClass::generic);
}

Result<void> restore_hash(DatabaseView& view, std::string_view key, const RedisValue& value) {
  QUARTZ_ASSIGN(const auto old, view.find(key));
  QUARTZ_ASSIGN(CollectionHead head, view.new_head());
  head.count = value.items.size() / 2;
  if (old) view.erase(key, *old);
  QUARTZ_TRY(view.put_head(RowKind::hash, key, head));
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    view.put_element(head, value.items[i], value.items[i + 1]);
  }
  view.announce(KeyEventClass::generic, kEvent, key);
  return {};
}

Result<void> restore_string(DatabaseView& view, std::string_view key, std::string_view bytes) {
  QUARTZ_TRY(strings::check_size(bytes.size()));
  QUARTZ_ASSIGN(const auto old, view.find(key));
  view.put_string(key, old, bytes);
  view.announce(KeyEventClass::generic, kEvent, key);
  return {};
}

Result<void> check_members(const RedisValue& value) {
  if (value.kind == Kind::string || value.kind == Kind::list) return {};
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < value.items.size(); i += value.kind == Kind::hash ? 2 : 1) {
    names.push_back(value.items[i]);
  }
  return members::check_sizes(names);
}

Result<void> restore_value(DatabaseView& view, std::string_view key, const RedisValue& value) {
  switch (value.kind) {
    case Kind::string:
      return restore_string(view, key, value.items[0]);
    case Kind::list: {
      const std::vector<std::string_view> values(value.items.begin(), value.items.end());
      return lists::replace(view, key, values, kEvent, KeyEventClass::generic);
    }
    case Kind::set:
      return sets::replace(view, key, value.items, kEvent, KeyEventClass::generic);
    case Kind::sorted_set:
      return restore_sorted_set(view, key, value);
    case Kind::hash:
      break;
  }
  return restore_hash(view, key, value);
}

}  // namespace

Result<std::optional<RedisValue>> contents(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (!row) return std::optional<RedisValue>();
  QUARTZ_ASSIGN(RedisValue value, contents_of_row(view, key, *row));
  return std::optional(std::move(value));
}

Result<void> restore(DatabaseView& view, std::string_view key, const RedisValue& value,
                     std::optional<ExpiryTime> expires_at) {
  QUARTZ_TRY(check_members(value));
  QUARTZ_TRY(restore_value(view, key, value));
  if (!expires_at) return {};
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (row) view.set_expiry(key, *row, expires_at);
  return {};
}

}  // namespace quartz::server::keys
