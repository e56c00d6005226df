#include "server/service/members.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "protocol/glob.hpp"

namespace quartz::server::members {
namespace {

using Look = Transaction::Look;

void keep_each_once(std::vector<std::string_view>& members) {
  std::ranges::sort(members);
  const auto repeated = std::ranges::unique(members);
  members.erase(repeated.begin(), repeated.end());
}

Result<std::vector<std::string_view>> present(DatabaseView& view, const CollectionHead& head,
                                              std::span<const std::string_view> members) {
  std::vector<std::string_view> found;
  for (const std::string_view member : members) {
    QUARTZ_ASSIGN(const auto row, find_in(view, head, member));
    if (row) found.push_back(member);
  }
  keep_each_once(found);
  return found;
}

}  // namespace

Result<void> check_sizes(std::span<const std::string_view> members) {
  for (const std::string_view member : members) {
    if (member.size() > kMemberBytesMax) {
      return Error(Errc::too_large, fmt::format("member of {} bytes is longer than {}",
                                                member.size(), kMemberBytesMax));
    }
  }
  return {};
}

Result<std::uint64_t> count(DatabaseView& view, RowKind kind, std::string_view key) {
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key, Look::independent));
  return head ? head->count : 0;
}

Result<ElementRange> all(DatabaseView& view, RowKind kind, std::string_view key) {
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key));
  if (!head) return ElementRange();
  return ElementRange(head->count, view.elements(*head));
}

Result<std::optional<VisibleRow>> find_in(DatabaseView& view, const CollectionHead& head,
                                          std::string_view member) {
  if (member.size() > kMemberBytesMax) return std::optional<VisibleRow>();
  return view.find_element(head, member);
}

Result<std::optional<VisibleRow>> find(DatabaseView& view, RowKind kind, std::string_view key,
                                       std::string_view member) {
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key, Look::independent));
  if (!head) return std::optional<VisibleRow>();
  QUARTZ_ASSIGN(auto row, find_in(view, *head, member));
  // It may lie in a collection that has replaced this one between the two look-ups.
  if (!row) view.transaction().depend_on(view.database().rows, key);
  return row;
}

Result<std::vector<std::optional<VisibleRow>>> find_each(
    DatabaseView& view, RowKind kind, std::string_view key,
    std::span<const std::string_view> members) {
  std::vector<std::optional<VisibleRow>> rows(members.size());
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key));
  if (!head) return rows;
  for (std::size_t i = 0; i < members.size(); ++i) {
    QUARTZ_ASSIGN(rows[i], find_in(view, *head, members[i]));
  }
  return rows;
}

Result<CollectionHead> head_for_writing(DatabaseView& view, RowKind kind, std::string_view key) {
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key));
  if (head) return *head;
  return view.new_head();
}

Result<std::vector<std::string_view>> absent(DatabaseView& view, const CollectionHead& head,
                                             std::span<const std::string_view> members) {
  std::vector<std::string_view> found;
  if (head.count == 0) {
    found.assign(members.begin(), members.end());
  } else {
    for (const std::string_view member : members) {
      QUARTZ_ASSIGN(const auto row, find_in(view, head, member));
      if (!row) found.push_back(member);
    }
  }
  keep_each_once(found);
  return found;
}

Result<std::uint64_t> remove(DatabaseView& view, RowKind kind, std::string_view key,
                             std::span<const std::string_view> members, const Removal& removal) {
  QUARTZ_ASSIGN(auto head, view.find_head(kind, key));
  if (!head) return 0;
  QUARTZ_ASSIGN(const auto found, present(view, *head, members));
  if (found.empty()) return 0;
  head->count -= std::min<std::uint64_t>(head->count, found.size());
  QUARTZ_TRY(view.put_head(kind, key, *head));
  view.announce(removal.what, removal.event, key);
  if (head->count == 0) {
    view.announce(KeyEventClass::generic, "del", key);
  } else {
    for (const std::string_view member : found) view.remove_element(*head, member);
  }
  return found.size();
}

Result<Page> scan(DatabaseView& view, RowKind kind, std::string_view key, std::string_view from,
                  std::size_t count, std::optional<std::string_view> pattern) {
  Page page;
  QUARTZ_ASSIGN(const auto head, view.find_head(kind, key));
  if (!head) return page;
  RowCursor cursor = view.elements(*head, from);
  for (std::size_t looked_at = 0; cursor.valid(); cursor.next(), ++looked_at) {
    const std::string_view member = cursor.key().substr(DatabaseView::kElementPrefixBytes);
    if (looked_at == count) {
      page.next = std::string(member);
      break;
    }
    if (pattern && !protocol::matches_glob(*pattern, member)) continue;
    page.members.push_back({std::string(member), std::string(cursor.value())});
  }
  if (cursor.error()) return *cursor.error();
  return page;
}

}  // namespace quartz::server::members
