#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/sorted_set_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/sorted_set_algebra.hpp"
#include "server/service/sorted_set_ranges.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using sorted_sets::Range;
using Order = SortedSet::Order;

enum class By : std::uint8_t { rank, score, member };

/// What a command that answers with a range may leave to its words.
struct RangeWords {
  std::optional<By> by;
  std::optional<Order> order;
  bool with_scores = false;
  std::optional<sorted_sets::Slice> slice = {};
};

Result<RangeWords> read_range_words(Words words, const RangeWords& given, bool stores) {
  RangeWords read = given;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (!stores && is_same_word(word, "WITHSCORES")) {
      read.with_scores = true;
    } else if (is_same_word(word, "LIMIT") && i + 2 < words.size()) {
      sorted_sets::Slice slice;
      QUARTZ_ASSIGN(slice.offset, integer_of(words[++i]));
      QUARTZ_ASSIGN(slice.limit, integer_of(words[++i]));
      read.slice = slice;
    } else if (!read.order && is_same_word(word, "REV")) {
      read.order = Order::reverse;
    } else if (!read.by && is_same_word(word, "BYLEX")) {
      read.by = By::member;
    } else if (!read.by && is_same_word(word, "BYSCORE")) {
      read.by = By::score;
    } else {
      return syntax_error();
    }
  }
  if (read.slice && read.slice->limit != -1 && read.by.value_or(By::rank) == By::rank) {
    return Error(Errc::invalid_argument,
                 "syntax error, LIMIT is only supported in combination with either BYSCORE or "
                 "BYLEX");
  }
  if (read.with_scores && read.by == By::member) {
    return Error(Errc::invalid_argument,
                 "syntax error, WITHSCORES not supported in combination with BYLEX");
  }
  return read;
}

Result<Range> read_range(By by, std::string_view min, std::string_view max) {
  if (by == By::rank) {
    QUARTZ_ASSIGN(const auto ranks, read_rank_range(min, max));
    return Range(ranks);
  }
  if (by == By::score) {
    QUARTZ_ASSIGN(const ScoreRange scores, read_score_range(min, max));
    return Range(scores);
  }
  QUARTZ_ASSIGN(const MemberRange members, read_member_range(min, max));
  return Range(members);
}

struct FoundRange {
  std::vector<ScoredMember> members;
  bool with_scores = false;
};

/// `arguments` are the key, the two bounds, and options.
Result<FoundRange> find_range(CommandCall& call, Words arguments, const RangeWords& given,
                              bool stores) {
  QUARTZ_ASSIGN(const RangeWords words, read_range_words(arguments.subspan(3), given, stores));
  const By by = words.by.value_or(By::rank);
  const Order order = words.order.value_or(Order::forward);
  std::string_view min = arguments[1];
  std::string_view max = arguments[2];
  if (order == Order::reverse && by != By::rank) std::swap(min, max);
  QUARTZ_ASSIGN(const Range range, read_range(by, min, max));
  QUARTZ_ASSIGN(auto members, sorted_sets::range(call.view, arguments[0], range, order,
                                                 words.slice.value_or(sorted_sets::Slice())));
  return FoundRange{.members = std::move(members), .with_scores = words.with_scores};
}

Result<void> reply_range(CommandCall& call, const RangeWords& given) {
  QUARTZ_ASSIGN(const FoundRange found, find_range(call, call.arguments.subspan(1), given, false));
  reply_members(call, found.members, scores_for(call, found.with_scores));
  return {};
}

Result<void> zrange(CommandCall& call) { return reply_range(call, {}); }
Result<void> zrevrange(CommandCall& call) {
  return reply_range(call, {.by = By::rank, .order = Order::reverse});
}
Result<void> zrangebyscore(CommandCall& call) {
  return reply_range(call, {.by = By::score, .order = Order::forward});
}
Result<void> zrevrangebyscore(CommandCall& call) {
  return reply_range(call, {.by = By::score, .order = Order::reverse});
}
Result<void> zrangebylex(CommandCall& call) {
  return reply_range(call, {.by = By::member, .order = Order::forward});
}
Result<void> zrevrangebylex(CommandCall& call) {
  return reply_range(call, {.by = By::member, .order = Order::reverse});
}

Result<void> zrangestore(CommandCall& call) {
  QUARTZ_ASSIGN(const FoundRange found, find_range(call, call.arguments.subspan(2), {}, true));
  QUARTZ_TRY(sorted_sets::store(call.view, call.arguments[1], found.members, "zrangestore"));
  call.reply.integer(static_cast<std::int64_t>(found.members.size()));
  return {};
}

Result<void> count_by(CommandCall& call, By by) {
  QUARTZ_ASSIGN(const Range range, read_range(by, call.arguments[2], call.arguments[3]));
  QUARTZ_ASSIGN(const std::uint64_t count,
                sorted_sets::count_in(call.view, call.arguments[1], range));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}
Result<void> zcount(CommandCall& call) { return count_by(call, By::score); }
Result<void> zlexcount(CommandCall& call) { return count_by(call, By::member); }

Result<void> remove_by(CommandCall& call, By by, std::string_view event) {
  QUARTZ_ASSIGN(const Range range, read_range(by, call.arguments[2], call.arguments[3]));
  QUARTZ_ASSIGN(const std::uint64_t count,
                sorted_sets::remove_in(call.view, call.arguments[1], range, event));
  call.reply.integer(static_cast<std::int64_t>(count));
  return {};
}
Result<void> zremrangebyrank(CommandCall& call) {
  return remove_by(call, By::rank, "zremrangebyrank");
}
Result<void> zremrangebyscore(CommandCall& call) {
  return remove_by(call, By::score, "zremrangebyscore");
}
Result<void> zremrangebylex(CommandCall& call) {
  return remove_by(call, By::member, "zremrangebylex");
}

Result<void> rank_from(CommandCall& call, Order order) {
  QUARTZ_ASSIGN(const auto rank,
                sorted_sets::rank(call.view, call.arguments[1], call.arguments[2], order));
  if (rank) {
    call.reply.integer(static_cast<std::int64_t>(*rank));
  } else {
    call.reply.null();
  }
  return {};
}
Result<void> zrank(CommandCall& call) { return rank_from(call, Order::forward); }
Result<void> zrevrank(CommandCall& call) { return rank_from(call, Order::reverse); }

constexpr std::array kSortedSetRangeCommands = {
    Command{"zcount", 4, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "How many members have scores in a range", zcount},
    Command{"zlexcount", 4, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "How many members are in a range of members", zlexcount},
    Command{"zrange", -4, readonly, kOneKey, CommandGroup::sorted_set, "The members in a range",
            zrange},
    Command{"zrangebylex", -4, readonly, kOneKey, CommandGroup::sorted_set,
            "The members in a range of members", zrangebylex},
    Command{"zrangebyscore", -4, readonly, kOneKey, CommandGroup::sorted_set,
            "The members in a range of scores", zrangebyscore},
    Command{"zrangestore", -5, write | denyoom, kTwoKeys, CommandGroup::sorted_set,
            "Keeps the members in a range under another key", zrangestore},
    Command{"zrank", 3, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "How many members are below a member", zrank},
    Command{"zremrangebylex", 4, write, kOneKey, CommandGroup::sorted_set,
            "Removes the members in a range of members", zremrangebylex},
    Command{"zremrangebyrank", 4, write, kOneKey, CommandGroup::sorted_set,
            "Removes the members in a range of positions", zremrangebyrank},
    Command{"zremrangebyscore", 4, write, kOneKey, CommandGroup::sorted_set,
            "Removes the members in a range of scores", zremrangebyscore},
    Command{"zrevrange", -4, readonly, kOneKey, CommandGroup::sorted_set,
            "The members in a range of positions from the highest on", zrevrange},
    Command{"zrevrangebylex", -4, readonly, kOneKey, CommandGroup::sorted_set,
            "The members in a range of members, the last first", zrevrangebylex},
    Command{"zrevrangebyscore", -4, readonly, kOneKey, CommandGroup::sorted_set,
            "The members in a range of scores, the highest first", zrevrangebyscore},
    Command{"zrevrank", 3, readonly | fast, kOneKey, CommandGroup::sorted_set,
            "How many members are above a member", zrevrank},
};

}  // namespace

std::span<const Command> sorted_set_range_commands() noexcept { return kSortedSetRangeCommands; }

}  // namespace quartz::server
