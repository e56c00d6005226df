#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/sorted_set.hpp"

namespace quartz::server::sorted_sets {

/// A sorted set, or a set, whose members have the score 1.
struct Operand {
  std::string_view key;
  double weight = 1;  ///< Scores are multiplied by it.
};

/// What becomes of the scores that a member has in several operands. Where there would be NaN, it
/// is 0.
enum class Aggregate : std::uint8_t { sum, min, max };

// All answer `wrong_kind` if an operand is neither, and members in the order of their new scores.

/// Members of any. Cost: a scan of all of them.
Result<std::vector<ScoredMember>> unite(DatabaseView& view, std::span<const Operand> operands,
                                        Aggregate aggregate);
/// Members of all, which are `limit` at most unless that is 0. Cost: a scan of the smallest, and a
/// look-up in each other for each of its members.
Result<std::vector<ScoredMember>> intersect(DatabaseView& view, std::span<const Operand> operands,
                                            Aggregate aggregate, std::uint64_t limit = 0);
/// Members of the first that no other has. Cost: a scan of the first, and look-ups.
Result<std::vector<ScoredMember>> subtract(DatabaseView& view, std::span<const Operand> operands);

/// Lets the key hold these, which differ from each other, in place of whatever it does; nothing if
/// there are none. `event`: what that is announced as; lives for ever.
Result<void> store(DatabaseView& view, std::string_view key, std::span<const ScoredMember> members,
                   std::string_view event);

}  // namespace quartz::server::sorted_sets
