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

namespace quartz::server::lists {

// Values in an order of their own under one key. A list that does not exist is an empty one; a key
// of another kind is refused with `wrong_kind`. Positions are counted from 0, and from the end if
// they are negative: -1 is the last.

enum class End : std::uint8_t { left, right };

enum class Push : std::uint8_t { always, only_existing };
/// Puts the values there one after another; the new length, which is 0 if nothing was done.
Result<std::uint64_t> push(DatabaseView& view, std::string_view key, End end,
                           std::span<const std::string_view> values, Push push = Push::always);
/// Takes `count` values from there, or all if there are no more, in the order in which they go.
/// Nothing if there is no list, which goes with its last value.
Result<std::optional<std::vector<std::string>>> pop(DatabaseView& view, std::string_view key,
                                                    End end, std::uint64_t count);
/// Takes a value from there and puts it here, which may be the same list. Nothing if there is none.
Result<std::optional<std::string>> move(DatabaseView& view, std::string_view from, End from_end,
                                        std::string_view to, End to_end);

Result<std::uint64_t> count(DatabaseView& view, std::string_view key);
/// From position `first` to `last`. Cost: that of what it holds.
Result<ElementRange> range(DatabaseView& view, std::string_view key, std::int64_t first,
                           std::int64_t last);
/// Nothing if there is no such position. Cost: two look-ups, here and below.
Result<std::optional<VisibleRow>> at(DatabaseView& view, std::string_view key,
                                     std::int64_t position);
/// `not_found` if there is no such list, `invalid_argument` if it has no such position.
Result<void> set(DatabaseView& view, std::string_view key, std::int64_t position,
                 std::string_view value);

struct Search {
  std::uint64_t skip = 0;              ///< So many that match.
  std::uint64_t count_max = 1;         ///< To be found.
  std::uint64_t compared_max = ~0ull;  ///< Values.
  End from = End::left;
};
/// Where the value is, in the order in which it is found. Cost: a scan up to the last that is
/// found.
Result<std::vector<std::uint64_t>> positions(DatabaseView& view, std::string_view key,
                                             std::string_view value, const Search& search);

enum class Side : std::uint8_t { before, after };
/// Puts `value` beside the first `pivot`; the new length, 0 if there is no list, -1 if it has no
/// pivot. Cost: a scan up to the pivot, and moving the values on the side that has fewer.
Result<std::int64_t> insert(DatabaseView& view, std::string_view key, Side side,
                            std::string_view pivot, std::string_view value);
/// Removes values equal to `value`, at most `count_max`, looking from there; how many. Cost: a scan
/// up to the last of them, and moving the values on one side of all of them.
Result<std::uint64_t> remove(DatabaseView& view, std::string_view key, std::string_view value,
                             End from, std::uint64_t count_max);
/// Leaves positions `first` to `last` only. Cost: that of what goes.
Result<void> trim(DatabaseView& view, std::string_view key, std::int64_t first, std::int64_t last);
/// Lets `key`, whatever it was, hold these; nothing at all if there are none. `event` is announced
/// for it.
Result<void> replace(DatabaseView& view, std::string_view key,
                     std::span<const std::string_view> values, std::string_view event,
                     KeyEventClass what = KeyEventClass::list);

}  // namespace quartz::server::lists
