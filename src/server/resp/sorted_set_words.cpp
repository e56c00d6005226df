#include "server/resp/sorted_set_words.hpp"

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/try.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

// Bounds are read more loosely than scores: spaces in front are skipped, and nothing is 0.
std::optional<ScoreBound> score_bound(std::string_view word) {
  ScoreBound bound{.exclusive = word.starts_with('(')};
  const std::string text(bound.exclusive ? word.substr(1) : word);
  char* end = nullptr;
  bound.score = std::strtod(text.c_str(), &end);
  // A zero byte ends the word for the C library, and so for Redis.
  if (*end != '\0' || std::isnan(bound.score)) return std::nullopt;
  return bound;
}

std::optional<MemberBound> member_bound(std::string_view word) {
  if (word == "-") return MemberBound{.kind = MemberBound::Kind::lowest};
  if (word == "+") return MemberBound{.kind = MemberBound::Kind::highest};
  if (word.starts_with('[')) return MemberBound{MemberBound::Kind::inclusive, word.substr(1)};
  if (word.starts_with('(')) return MemberBound{MemberBound::Kind::exclusive, word.substr(1)};
  return std::nullopt;
}

}  // namespace

Result<ScoreRange> read_score_range(std::string_view min, std::string_view max) {
  const auto from = score_bound(min);
  const auto to = score_bound(max);
  if (!from || !to) return Error(Errc::invalid_argument, "min or max is not a float");
  return ScoreRange{*from, *to};
}

Result<MemberRange> read_member_range(std::string_view min, std::string_view max) {
  const auto from = member_bound(min);
  const auto to = member_bound(max);
  if (!from || !to) {
    return Error(Errc::invalid_argument, "min or max not valid string range item");
  }
  return MemberRange{*from, *to};
}

Result<sorted_sets::RankRange> read_rank_range(std::string_view first, std::string_view last) {
  QUARTZ_ASSIGN(const std::int64_t from, integer_of(first));
  QUARTZ_ASSIGN(const std::int64_t to, integer_of(last));
  return sorted_sets::RankRange{from, to};
}

WithScores scores_for(const CommandCall& call, bool asked) noexcept {
  if (!asked) return WithScores::no;
  return call.reply.version() == protocol::RespVersion::resp3 ? WithScores::nested
                                                              : WithScores::flat;
}

void reply_members(CommandCall& call, const std::vector<ScoredMember>& members, WithScores how) {
  call.reply.array(how == WithScores::flat ? 2 * members.size() : members.size());
  for (const ScoredMember& one : members) {
    if (how == WithScores::nested) call.reply.array(2);
    call.reply.bulk(one.member);
    if (how != WithScores::no) call.reply.real(one.score);
  }
}

}  // namespace quartz::server
