#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/scan_words.hpp"
#include "server/resp/sorted_set_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/sorted_sets.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

/// Nobody asks for more members at random, and their positions are kept at once.
constexpr std::int64_t kRepeatedMembersMax = 10'000'000;

void reply_score(CommandCall& call, const std::optional<double>& score) {
  if (score) {
    call.reply.real(*score);
  } else {
    call.reply.null();
  }
}

struct AddWords {
  sorted_sets::AddCondition condition;
  bool count_changed = false;
  bool increment = false;
  std::size_t first_score = 2;
};

Result<AddWords> read_add_words(Words arguments) {
  AddWords words;
  for (; words.first_score < arguments.size(); ++words.first_score) {
    const std::string_view word = arguments[words.first_score];
    if (is_same_word(word, "NX")) {
      words.condition.only_new = true;
    } else if (is_same_word(word, "XX")) {
      words.condition.only_existing = true;
    } else if (is_same_word(word, "GT")) {
      words.condition.only_greater = true;
    } else if (is_same_word(word, "LT")) {
      words.condition.only_less = true;
    } else if (is_same_word(word, "CH")) {
      words.count_changed = true;
    } else if (is_same_word(word, "INCR")) {
      words.increment = true;
    } else {
      break;
    }
  }
  const std::size_t rest = arguments.size() - words.first_score;
  if (rest == 0 || rest % 2 != 0) return syntax_error();
  const auto& [only_new, only_existing, only_greater, only_less] = words.condition;
  if (only_new && only_existing) {
    return Error(Errc::invalid_argument,
                 "ERR XX and NX options at the same time are not compatible");
  }
  if ((only_new && (only_greater || only_less)) || (only_greater && only_less)) {
    return Error(Errc::invalid_argument,
                 "ERR GT, LT, and/or NX options at the same time are not compatible");
  }
  if (words.increment && rest > 2) {
    return Error(Errc::invalid_argument,
                 "ERR INCR option supports a single increment-element pair");
  }
  return words;
}

Result<void> zadd(CommandCall& call) {
  const auto& arguments = call.arguments;
  QUARTZ_ASSIGN(const AddWords words, read_add_words(arguments));
  std::vector<std::pair<double, std::string_view>> members;
  for (std::size_t i = words.first_score; i < arguments.size(); i += 2) {
    QUARTZ_ASSIGN(const double score, real_of(arguments[i]));
    members.emplace_back(score, arguments[i + 1]);
  }
  if (words.increment) {
    QUARTZ_ASSIGN(const auto score,
                  sorted_sets::increment(call.view, arguments[1], members[0].second,
                                         members[0].first, words.condition));
    reply_score(call, score);
    return {};
  }
  QUARTZ_ASSIGN(const sorted_sets::AddOutcome outcome,
                sorted_sets::add(call.view, arguments[1], members, words.condition));
  const std::uint64_t count = outcome.added + (words.count_changed ? outcome.changed : 0);
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> zincrby(CommandCall& call) {
  QUARTZ_ASSIGN(const double by, real_of(call.arguments[2]));
  QUARTZ_ASSIGN(const auto score,
                sorted_sets::increment(call.view, call.arguments[1], call.arguments[3], by));
  reply_score(call, score);
  return {};
}

Result<void> zrem(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t removed,
                sorted_sets::remove(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.integer(static_cast<std::int64_t>(removed));
  return {};
}

Result<void> zcard(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t count, sorted_sets::count(call.view, call.arguments[1]));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}

Result<void> zscore(CommandCall& call) {
  QUARTZ_ASSIGN(const auto scores,
                sorted_sets::scores(call.view, call.arguments[1], call.arguments.subspan(2)));
  reply_score(call, scores[0]);
  return {};
}

Result<void> zmscore(CommandCall& call) {
  QUARTZ_ASSIGN(const auto scores,
                sorted_sets::scores(call.view, call.arguments[1], call.arguments.subspan(2)));
  call.reply.array(scores.size());
  for (const auto& score : scores) reply_score(call, score);
  return {};
}

Result<void> any_member(CommandCall& call) {
  QUARTZ_ASSIGN(const auto members, sorted_sets::random(call.view, call.arguments[1], 1, false));
  if (members.empty()) {
    call.reply.null();
  } else {
    call.reply.bulk(members[0].member);
  }
  return {};
}

Result<void> zrandmember(CommandCall& call) {
  const auto& arguments = call.arguments;
  if (arguments.size() == 2) return any_member(call);
  QUARTZ_ASSIGN(const std::int64_t count, integer_of(arguments[2]));
  const bool with_scores = arguments.size() == 4 && is_same_word(arguments[3], "WITHSCORES");
  if (arguments.size() > 3 && !with_scores) return syntax_error();
  if (count < -kRepeatedMembersMax) {
    return Error(Errc::invalid_argument, "value is out of range");
  }
  const auto wanted = static_cast<std::uint64_t>(count < 0 ? -count : count);
  QUARTZ_ASSIGN(const auto members,
                sorted_sets::random(call.view, arguments[1], wanted, count < 0));
  reply_members(call, members, scores_for(call, with_scores));
  return {};
}

// In pages, Redis writes those scores as integers that it keeps as such.
std::string text_of_score(double score) {
  constexpr double kKeptBelow = 4611686018427387904.0;  // 2^62
  const bool kept = std::abs(score) < kKeptBelow && score == std::floor(score);
  return kept ? fmt::format("{}", static_cast<std::int64_t>(score)) : text_of_real(score);
}

Result<void> zscan(CommandCall& call) {
  QUARTZ_ASSIGN(const auto words, read_element_scan_words(call, RowKind::sorted_set));
  if (!words) return {};
  QUARTZ_ASSIGN(
      const sorted_sets::MemberPage page,
      sorted_sets::scan(call.view, call.arguments[1], words->from, words->count, words->pattern));
  QUARTZ_TRY(begin_scan_reply(call, page.next, 2 * page.members.size()));
  for (const ScoredMember& one : page.members) {
    call.reply.bulk(one.member);
    call.reply.bulk(text_of_score(one.score));
  }
  return {};
}

constexpr std::array kSortedSetCommands = {
    Command{"zadd", -4, write | denyoom | fast, kOneKey, CommandGroup::sorted_set,
            "Adds members to a sorted set, or changes their scores", zadd},
    Command{"zcard", 2, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "How many members there are", zcard},
    Command{"zincrby", 4, write | denyoom | fast, kOneKey, CommandGroup::sorted_set,
            "Adds to a member's score", zincrby},
    Command{"zmscore", -3, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "The scores of members", zmscore},
    Command{"zrandmember", -2, readonly, kOneKey, CommandGroup::sorted_set, "Any members",
            zrandmember},
    Command{"zrem", -3, write | fast, kOneKey, CommandGroup::sorted_set, "Removes members", zrem},
    Command{"zscan", -3, readonly, kOneKey, CommandGroup::sorted_set,
            "The members with their scores, page by page", zscan},
    Command{"zscore", 3, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "The score of a member", zscore},
};

}  // namespace

std::span<const Command> sorted_set_commands() noexcept { return kSortedSetCommands; }

}  // namespace quartz::server
