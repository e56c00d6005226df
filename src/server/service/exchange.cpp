#include <string>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "server/service/keys.hpp"

namespace quartz::server::keys {
namespace {

/// A key on its way to another database, where its elements are already.
struct Carried {
  std::string key;
  RowKind kind = RowKind::string;
  std::string value;    ///< Of a string.
  CollectionHead head;  ///< Of anything else.
  std::optional<ExpiryTime> expires_at;
};

Result<CollectionHead> copy_elements(DatabaseView& view, const CollectionHead& head,
                                     DatabaseView& target) {
  QUARTZ_ASSIGN(CollectionHead copy, target.new_head());
  copy.count = head.count;
  copy.first_index = head.first_index;
  RowCursor element = view.elements(head);
  for (; element.valid(); element.next()) {
    target.put_element(copy, element.key().substr(DatabaseView::kElementPrefixBytes),
                       element.value());
  }
  if (element.error()) return *element.error();
  return copy;
}

// Each key must stay what it is in both databases: one that somebody else puts there meanwhile
// would be lost, or cover what is put there here.
Result<std::vector<Carried>> carry_all(DatabaseView& view, DatabaseView& target) {
  std::vector<Carried> all;
  RowCursor row = view.rows();
  for (; row.valid(); row.next()) {
    view.transaction().depend_on(view.database().rows, row.key());
    view.transaction().depend_on(target.database().rows, row.key());
    const RowAttributes attributes = row.attributes();
    Carried one{.key = std::string(row.key()),
                .kind = static_cast<RowKind>(attributes.kind),
                .value = {},
                .head = {},
                .expires_at = attributes.expires_at};
    QUARTZ_TRY(check_copyable(one.kind));
    if (one.kind == RowKind::string) {
      one.value = row.value();
    } else {
      QUARTZ_ASSIGN(const auto head, CollectionHead::decode(one.kind, row.value(), one.key));
      QUARTZ_ASSIGN(one.head, copy_elements(view, head, target));
    }
    all.push_back(std::move(one));
  }
  if (row.error()) return *row.error();
  return all;
}

Result<void> erase_all(DatabaseView& view, const std::vector<Carried>& carried) {
  for (const Carried& one : carried) {
    QUARTZ_ASSIGN(const auto row, view.find(one.key));
    if (row) view.erase(one.key, *row);
  }
  return {};
}

Result<void> put_all(DatabaseView& view, const std::vector<Carried>& carried) {
  for (const Carried& one : carried) {
    if (one.kind == RowKind::string) {
      view.put_string(one.key, std::nullopt, one.value, one.expires_at);
      continue;
    }
    QUARTZ_TRY(view.put_head(one.kind, one.key, one.head));
    if (!one.expires_at) continue;
    QUARTZ_ASSIGN(const auto row, view.find(one.key));
    if (row) view.set_expiry(one.key, *row, one.expires_at);
  }
  return {};
}

}  // namespace

Result<void> exchange(DatabaseView& view, DatabaseView& other) {
  QUARTZ_ASSIGN(const auto there, carry_all(view, other));
  QUARTZ_ASSIGN(const auto here, carry_all(other, view));
  QUARTZ_TRY(erase_all(view, there));
  QUARTZ_TRY(erase_all(other, here));
  QUARTZ_TRY(put_all(other, there));
  return put_all(view, here);
}

}  // namespace quartz::server::keys
