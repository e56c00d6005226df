#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/element_range.hpp"

namespace quartz::server::members {

// What hashes and sets have in common: elements that are found by their own bytes, which are the
// fields of a hash and the members of a set. A `kind` is one of these two; a key of another kind
// makes all of this fail with `wrong_kind`.

/// An element on its own. The value is that of a hash's field.
struct Member {
  std::string member;
  std::string value;
};

/// `too_large` if one of them is longer than `kMemberBytesMax`. To be asked before any is written.
Result<void> check_sizes(std::span<const std::string_view> members);

Result<std::uint64_t> count(DatabaseView& view, RowKind kind, std::string_view key);
/// All of them, in order.
Result<ElementRange> all(DatabaseView& view, RowKind kind, std::string_view key);
/// Nothing if there is no such key or member. Cost: two look-ups.
Result<std::optional<VisibleRow>> find(DatabaseView& view, RowKind kind, std::string_view key,
                                       std::string_view member);
/// The same for several, in their order and as of one moment.
Result<std::vector<std::optional<VisibleRow>>> find_each(DatabaseView& view, RowKind kind,
                                                         std::string_view key,
                                                         std::span<const std::string_view> members);
/// An element of a collection that was found already; what is too long to be one is none.
Result<std::optional<VisibleRow>> find_in(DatabaseView& view, const CollectionHead& head,
                                          std::string_view member);

/// A head for what is about to be written: the key's, or a new one if there is none.
Result<CollectionHead> head_for_writing(DatabaseView& view, RowKind kind, std::string_view key);
/// Those that the collection does not hold, each once, in order.
Result<std::vector<std::string_view>> absent(DatabaseView& view, const CollectionHead& head,
                                             std::span<const std::string_view> members);

/// Removes those that are there, and the key with the last of them; how many there were. Announces
/// `event` for them, and what happens to the key.
struct Removal {
  KeyEventClass what = KeyEventClass::generic;
  std::string_view event;
};
Result<std::uint64_t> remove(DatabaseView& view, RowKind kind, std::string_view key,
                             std::span<const std::string_view> members, const Removal& removal);

struct Page {
  std::vector<Member> members;
  std::optional<std::string> next;  ///< Where to go on; nothing at the end.
};
/// Looks at `count` members from `from` on, and picks those that match a pattern.
Result<Page> scan(DatabaseView& view, RowKind kind, std::string_view key, std::string_view from,
                  std::size_t count, std::optional<std::string_view> pattern);

}  // namespace quartz::server::members
