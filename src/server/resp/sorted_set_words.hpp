#pragma once

#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/sorted_set.hpp"
#include "server/service/sorted_set_ranges.hpp"

namespace quartz::server {

// What commands of sorted sets have in common: ranges among their words, members in their replies.

/// "(1", "-inf" and the like.
Result<ScoreRange> read_score_range(std::string_view min, std::string_view max);
/// "[a", "(a", "-" and "+". Its views are those of the words.
Result<MemberRange> read_member_range(std::string_view min, std::string_view max);
Result<sorted_sets::RankRange> read_rank_range(std::string_view first, std::string_view last);

enum class WithScores : std::uint8_t {
  no,
  flat,    ///< Members and scores in turns.
  nested,  ///< A pair of each member and its score.
};
/// As Redis has it where members with scores are asked for: nested in RESP3.
WithScores scores_for(const CommandCall& call, bool asked) noexcept;
void reply_members(CommandCall& call, const std::vector<ScoredMember>& members, WithScores how);

}  // namespace quartz::server
