#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/sorted_set.hpp"

namespace quartz::server::sorted_sets {

/// Positions in the order asked for, both inclusive, counted from the end if negative.
struct RankRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};
using Range = std::variant<RankRange, ScoreRange, MemberRange>;

/// Of what a range holds: so many of them behind so many.
struct Slice {
  std::int64_t offset = 0;  ///< Negative: behind all.
  std::int64_t limit = -1;  ///< Negative: without limit.
};

/// Cost: the rows of the range and of the offset; by rank, also those to the nearer end.
Result<std::vector<ScoredMember>> range(DatabaseView& view, std::string_view key,
                                        const Range& range, SortedSet::Order order,
                                        const Slice& slice = {});
/// Cost: the rows of the range.
Result<std::uint64_t> count_in(DatabaseView& view, std::string_view key, const Range& range);
/// Removes them; how many there were. `event`: what that is announced as; lives for ever.
Result<std::uint64_t> remove_in(DatabaseView& view, std::string_view key, const Range& range,
                                std::string_view event);
/// How many members are before it; nothing if it is none. Cost: the rows to the nearer end.
Result<std::optional<std::uint64_t>> rank(DatabaseView& view, std::string_view key,
                                          std::string_view member, SortedSet::Order order);

}  // namespace quartz::server::sorted_sets
