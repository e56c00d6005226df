#include "server/service/keys.hpp"

#include <random>

#include "base/try.hpp"
#include "protocol/glob.hpp"

namespace quartz::server::keys {
namespace {

using Look = Transaction::Look;

/// The first key behind all that begin with `prefix`.
std::string behind_prefix(std::string_view prefix) {
  std::string behind(prefix);
  while (!behind.empty() && behind.back() == '\xFF') behind.pop_back();
  if (!behind.empty()) ++behind.back();
  return behind;
}

Result<void> copy_elements(DatabaseView& view, RowKind kind, std::string_view from,
                           const VisibleRow& row, DatabaseView& target, std::string_view to) {
  QUARTZ_ASSIGN(const CollectionHead head, CollectionHead::decode(kind, row.value, from));
  QUARTZ_ASSIGN(CollectionHead copy, target.new_head());
  copy.count = head.count;
  copy.first_index = head.first_index;
  RowCursor cursor = view.elements(head);
  for (; cursor.valid(); cursor.next()) {
    target.put_element(copy, cursor.key().substr(DatabaseView::kElementPrefixBytes),
                       cursor.value());
  }
  if (cursor.error()) return *cursor.error();
  return target.put_head(kind, to, copy);
}

}  // namespace

Result<bool> remove(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (!row) return false;
  view.erase(key, *row);
  view.announce(KeyEventClass::generic, "del", key);
  return true;
}

Result<std::optional<RowKind>> kind(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key, Look::independent));
  return row ? std::optional(row->kind()) : std::nullopt;
}

Result<bool> expire(DatabaseView& view, std::string_view key, ExpiryTime at,
                    const ExpireCondition& condition) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (!row) return false;
  const std::optional<ExpiryTime> now_set = row->attributes.expires_at;
  if (condition.only_without && now_set) return false;
  if (condition.only_with && !now_set) return false;
  if (condition.only_later && (!now_set || at <= *now_set)) return false;
  if (condition.only_earlier && now_set && at >= *now_set) return false;
  if (at <= view.now()) {
    view.erase(key, *row);
    view.announce(KeyEventClass::generic, "del", key);
    return true;
  }
  view.set_expiry(key, *row, at);
  view.announce(KeyEventClass::generic, "expire", key);
  return true;
}

Result<bool> persist(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (!row || !row->attributes.expires_at) return false;
  view.set_expiry(key, *row, std::nullopt);
  view.announce(KeyEventClass::generic, "persist", key);
  return true;
}

Result<Expiry> expiry(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const auto row, view.find(key, Look::independent));
  if (!row) return Expiry{};
  return Expiry{.exists = true, .at = row->attributes.expires_at};
}

Result<bool> rename(DatabaseView& view, std::string_view from, std::string_view to,
                    bool only_if_free) {
  QUARTZ_ASSIGN(const auto row, view.find(from));
  if (!row) return Error(Errc::not_found, "no such key");
  QUARTZ_ASSIGN(const auto replaced, view.find(to));
  if (only_if_free && replaced) return false;
  if (from == to) return true;
  if (replaced) {
    view.erase(to, *replaced);
    view.announce(KeyEventClass::generic, "del", to);
  }
  view.hand_over(from, *row, to);
  view.announce(KeyEventClass::generic, "rename_from", from);
  view.announce(KeyEventClass::generic, "rename_to", to);
  return true;
}

Result<void> check_copyable(RowKind kind) {
  if (kind != RowKind::vector_set) return {};
  return Error(Errc::invalid_argument, "vector sets cannot be copied or moved");
}

Result<bool> copy(DatabaseView& view, std::string_view from, DatabaseView& target,
                  std::string_view to, bool replace) {
  QUARTZ_ASSIGN(const auto row, view.find(from));
  if (!row) return false;
  QUARTZ_ASSIGN(const auto replaced, target.find(to));
  if (replaced && !replace) return false;
  const RowKind kind = row->kind();
  QUARTZ_TRY(check_copyable(kind));
  const std::optional<ExpiryTime> expires_at = row->attributes.expires_at;
  if (kind == RowKind::string) {
    target.put_string(to, replaced, row->value, expires_at);
  } else {
    if (replaced) target.erase(to, *replaced);
    QUARTZ_TRY(copy_elements(view, kind, from, *row, target, to));
    QUARTZ_ASSIGN(const auto copied, target.find(to));
    if (copied && expires_at) target.set_expiry(to, *copied, expires_at);
  }
  target.announce(KeyEventClass::generic, "copy_to", to);
  return true;
}

Result<bool> move(DatabaseView& view, std::string_view key, DatabaseView& target) {
  QUARTZ_ASSIGN(const bool copied, copy(view, key, target, key, false));
  if (!copied) return false;
  QUARTZ_ASSIGN(const auto row, view.find(key));
  if (row) view.erase(key, *row);
  view.announce(KeyEventClass::generic, "move_from", key);
  target.announce(KeyEventClass::generic, "move_to", key);
  return true;
}

Result<KeyCounts> counts(DatabaseView& view) {
  KeyCounts counts;
  RowCursor cursor = view.rows();
  for (; cursor.valid(); cursor.next()) {
    ++counts.keys;
    if (cursor.attributes().expires_at) ++counts.expiring;
  }
  if (cursor.error()) return *cursor.error();
  return counts;
}

// Keys behind a gap are likelier than others; what Redis promises is no more than any key.
Result<std::optional<std::string>> random(DatabaseView& view) {
  RowCursor first = view.rows();
  RowCursor last = view.rows({}, {}, RowCursor::Order::reverse);
  if (first.error()) return *first.error();
  if (last.error()) return *last.error();
  if (!first.valid() || !last.valid()) return std::optional<std::string>();
  thread_local std::mt19937_64 random_bits{std::random_device{}()};
  // A place between the first and the last key: their common beginning, then anything.
  const std::string low(first.key());
  const std::string high(last.key());
  std::size_t common = 0;
  while (common < low.size() && common < high.size() && low[common] == high[common]) ++common;
  std::string place = high.substr(0, common);
  const auto byte_at = [&](const std::string& key) {
    return common < key.size() ? static_cast<unsigned char>(key[common]) : 0u;
  };
  std::uniform_int_distribution<unsigned> between(byte_at(low), byte_at(high));
  place += static_cast<char>(between(random_bits));
  for (int i = 0; i < 8; ++i) place += static_cast<char>(random_bits());
  RowCursor from = view.rows(place);
  if (from.error()) return *from.error();
  return std::optional(from.valid() ? std::string(from.key()) : low);
}

Result<std::vector<std::string>> matching(DatabaseView& view, std::string_view pattern) {
  std::vector<std::string> found;
  const std::string_view prefix = protocol::glob_prefix(pattern);
  RowCursor cursor = view.rows(prefix, behind_prefix(prefix));
  for (; cursor.valid(); cursor.next()) {
    if (protocol::matches_glob(pattern, cursor.key())) found.emplace_back(cursor.key());
  }
  if (cursor.error()) return *cursor.error();
  return found;
}

Result<ScanPage> scan(DatabaseView& view, std::string_view from, std::size_t count,
                      std::optional<std::string_view> pattern, std::optional<RowKind> kind) {
  ScanPage page;
  RowCursor cursor = view.rows(from);
  for (std::size_t looked_at = 0; cursor.valid(); cursor.next(), ++looked_at) {
    if (looked_at == count) {
      page.next = std::string(cursor.key());
      break;
    }
    if (pattern && !protocol::matches_glob(*pattern, cursor.key())) continue;
    if (kind && static_cast<RowKind>(cursor.attributes().kind) != *kind) continue;
    page.keys.emplace_back(cursor.key());
  }
  if (cursor.error()) return *cursor.error();
  return page;
}

}  // namespace quartz::server::keys
