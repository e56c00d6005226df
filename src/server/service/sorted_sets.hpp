#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/sorted_set.hpp"

namespace quartz::server::sorted_sets {

// Sorted sets: members with scores, in the order of scores. All answer `wrong_kind` if the key
// holds something else, and take a key that does not exist for one without members.

struct AddCondition {
  bool only_new = false;       ///< NX.
  bool only_existing = false;  ///< XX.
  bool only_greater = false;   ///< Than the score that a member has: GT.
  bool only_less = false;      ///< LT.
};
struct AddOutcome {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;  ///< Of those that were members before.
};
/// Adds members, or changes their scores, which are not NaN.
Result<AddOutcome> add(DatabaseView& view, std::string_view key,
                       std::span<const std::pair<double, std::string_view>> members,
                       const AddCondition& condition = {});
/// The new score; nothing if the condition did not hold. `invalid_argument` if it would be NaN.
Result<std::optional<double>> increment(DatabaseView& view, std::string_view key,
                                        std::string_view member, double by,
                                        const AddCondition& condition = {});
/// How many of them were members.
Result<std::uint64_t> remove(DatabaseView& view, std::string_view key,
                             std::span<const std::string_view> members);

Result<std::uint64_t> count(DatabaseView& view, std::string_view key);
/// Of each, or nothing where it is no member.
Result<std::vector<std::optional<double>>> scores(DatabaseView& view, std::string_view key,
                                                  std::span<const std::string_view> members);

enum class End : std::uint8_t { lowest, highest };
/// Removes so many from one end, the outermost first. Cost: theirs.
Result<std::vector<ScoredMember>> pop(DatabaseView& view, std::string_view key, End end,
                                      std::uint64_t count);

/// Any members: `count` different ones or all, or with `repeated` always so many if there are any.
/// Cost: a scan up to the last of them.
Result<std::vector<ScoredMember>> random(DatabaseView& view, std::string_view key,
                                         std::uint64_t count, bool repeated);

struct MemberPage {
  std::vector<ScoredMember> members;
  std::optional<std::string> next;  ///< Where to go on; nothing at the end.
};
/// Looks at `count` members from `from` on, which is empty or what an earlier page said, and picks
/// those that match a pattern of `protocol::matches_glob`.
Result<MemberPage> scan(DatabaseView& view, std::string_view key, std::string_view from,
                        std::size_t count, std::optional<std::string_view> pattern);

}  // namespace quartz::server::sorted_sets
