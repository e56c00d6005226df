#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/members.hpp"

namespace quartz::server::sets {

// Different members under one key. A set that does not exist is an empty one; a key of another kind
// is refused with `wrong_kind`.

using Members = std::span<const std::string_view>;
using Keys = std::span<const std::string_view>;

/// How many were added.
Result<std::uint64_t> add(DatabaseView& view, std::string_view key, Members members);
/// How many there were; the set goes with its last member.
Result<std::uint64_t> remove(DatabaseView& view, std::string_view key, Members members);
/// False if `from` does not hold it.
Result<bool> move(DatabaseView& view, std::string_view from, std::string_view to,
                  std::string_view member);
/// Removes any `count` members, and tells which.
Result<std::vector<std::string>> pop(DatabaseView& view, std::string_view key, std::uint64_t count);

Result<bool> contains(DatabaseView& view, std::string_view key, std::string_view member);
/// As of one moment.
Result<std::vector<bool>> contains_each(DatabaseView& view, std::string_view key, Members members);
/// In order.
Result<ElementRange> all(DatabaseView& view, std::string_view key);
Result<std::uint64_t> count(DatabaseView& view, std::string_view key);

// Of several sets, in order. A key may be given more than once.

/// What all of them hold, but no more than `count_max`. Cost: a scan of the smallest, and a look-up
/// of each of its members in the others.
Result<std::vector<std::string>> intersection(
    DatabaseView& view, Keys keys,
    std::uint64_t count_max = std::numeric_limits<std::uint64_t>::max());
/// What any of them holds. Cost: a scan of all.
Result<std::vector<std::string>> united(DatabaseView& view, Keys keys);
/// What the first holds and none of the others. Cost: a scan of it, and look-ups.
Result<std::vector<std::string>> difference(DatabaseView& view, Keys keys);

/// Lets `key`, whatever it was, hold these different ones; nothing at all if there are none.
/// `event` is announced for it.
Result<void> replace(DatabaseView& view, std::string_view key,
                     const std::vector<std::string>& members, std::string_view event,
                     KeyEventClass what = KeyEventClass::set);

}  // namespace quartz::server::sets
