#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/sorted_set_words.hpp"
#include "server/resp/words.hpp"
#include "server/service/sorted_set_algebra.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using sorted_sets::Aggregate;
using sorted_sets::Operand;
using Members = std::vector<ScoredMember>;

enum class Operation : std::uint8_t { unite, intersect, subtract };

/// A command of this kind. `stores`: its first word is where the result goes.
struct Form {
  Operation operation;
  bool stores = false;
  bool counts = false;
};

struct AlgebraWords {
  std::vector<Operand> operands;
  Aggregate aggregate = Aggregate::sum;
  bool with_scores = false;
  std::uint64_t limit = 0;
};

Result<std::size_t> read_operand_keys(CommandCall& call, std::size_t count_word,
                                      AlgebraWords& words) {
  const auto& arguments = call.arguments;
  QUARTZ_ASSIGN(const std::int64_t count, integer_of(arguments[count_word]));
  if (count < 1) {
    std::string name(arguments[0]);
    std::ranges::transform(name, name.begin(), to_lower);
    return Error(Errc::invalid_argument,
                 fmt::format("at least 1 input key is needed for '{}' command", name));
  }
  const std::size_t first = count_word + 1;
  if (static_cast<std::uint64_t>(count) > arguments.size() - first) return syntax_error();
  const std::size_t end = first + static_cast<std::size_t>(count);
  for (std::size_t i = first; i < end; ++i) {
    QUARTZ_ASSIGN(const auto row, call.view.find(arguments[i]));
    // Before the other words are looked at, as in Redis.
    if (row && row->kind() != RowKind::set) {
      QUARTZ_TRY(call.view.find(RowKind::sorted_set, arguments[i]));
    }
    words.operands.push_back({.key = arguments[i]});
  }
  return end;
}

Result<Aggregate> read_aggregate(std::string_view word) {
  if (is_same_word(word, "SUM")) return Aggregate::sum;
  if (is_same_word(word, "MIN")) return Aggregate::min;
  if (is_same_word(word, "MAX")) return Aggregate::max;
  return syntax_error();
}

Result<void> read_weights(Words weights, AlgebraWords& words) {
  for (std::size_t i = 0; i < words.operands.size(); ++i) {
    const auto weight = to_real(weights[i]);
    if (!weight) return Error(Errc::invalid_argument, "weight value is not a float");
    words.operands[i].weight = *weight;
  }
  return {};
}

Result<std::uint64_t> read_limit(std::string_view word) {
  const auto limit = to_integer(word);
  if (!limit || *limit < 0) return Error(Errc::invalid_argument, "ERR LIMIT can't be negative");
  return static_cast<std::uint64_t>(*limit);
}

Result<AlgebraWords> read_algebra_words(CommandCall& call, const Form& form) {
  const auto& arguments = call.arguments;
  AlgebraWords words;
  QUARTZ_ASSIGN(std::size_t i, read_operand_keys(call, form.stores ? 2 : 1, words));
  const bool scores_matter = form.operation != Operation::subtract && !form.counts;
  while (i < arguments.size()) {
    const std::string_view word = arguments[i++];
    const std::size_t rest = arguments.size() - i;
    if (scores_matter && rest >= words.operands.size() && is_same_word(word, "WEIGHTS")) {
      QUARTZ_TRY(read_weights(arguments.subspan(i), words));
      i += words.operands.size();
    } else if (scores_matter && rest >= 1 && is_same_word(word, "AGGREGATE")) {
      QUARTZ_ASSIGN(words.aggregate, read_aggregate(arguments[i++]));
    } else if (!form.stores && !form.counts && is_same_word(word, "WITHSCORES")) {
      words.with_scores = true;
    } else if (form.counts && rest >= 1 && is_same_word(word, "LIMIT")) {
      QUARTZ_ASSIGN(words.limit, read_limit(arguments[i++]));
    } else {
      return syntax_error();
    }
  }
  return words;
}

Result<Members> compute(CommandCall& call, Operation operation, const AlgebraWords& words) {
  if (operation == Operation::unite) {
    return sorted_sets::unite(call.view, words.operands, words.aggregate);
  }
  if (operation == Operation::intersect) {
    return sorted_sets::intersect(call.view, words.operands, words.aggregate, words.limit);
  }
  return sorted_sets::subtract(call.view, words.operands);
}

Result<void> reply_with_result_of(CommandCall& call, Operation operation) {
  QUARTZ_ASSIGN(const AlgebraWords words, read_algebra_words(call, {.operation = operation}));
  QUARTZ_ASSIGN(const Members members, compute(call, operation, words));
  reply_members(call, members, scores_for(call, words.with_scores));
  return {};
}
Result<void> zunion(CommandCall& call) { return reply_with_result_of(call, Operation::unite); }
Result<void> zinter(CommandCall& call) { return reply_with_result_of(call, Operation::intersect); }
Result<void> zdiff(CommandCall& call) { return reply_with_result_of(call, Operation::subtract); }

Result<void> store(CommandCall& call, Operation operation, std::string_view event) {
  QUARTZ_ASSIGN(const AlgebraWords words,
                read_algebra_words(call, {.operation = operation, .stores = true}));
  QUARTZ_ASSIGN(const Members members, compute(call, operation, words));
  QUARTZ_TRY(sorted_sets::store(call.view, call.arguments[1], members, event));
  call.reply.integer(static_cast<std::int64_t>(members.size()));
  return {};
}
Result<void> zunionstore(CommandCall& call) { return store(call, Operation::unite, "zunionstore"); }
Result<void> zinterstore(CommandCall& call) {
  return store(call, Operation::intersect, "zinterstore");
}
Result<void> zdiffstore(CommandCall& call) {
  return store(call, Operation::subtract, "zdiffstore");
}

Result<void> zintercard(CommandCall& call) {
  QUARTZ_ASSIGN(const AlgebraWords words,
                read_algebra_words(call, {.operation = Operation::intersect, .counts = true}));
  QUARTZ_ASSIGN(const Members members, compute(call, Operation::intersect, words));
  call.reply.integer(static_cast<std::int64_t>(members.size()));
  return {};
}

constexpr CommandKeys kTargetAndCountedKeys{.first = 1, .count_word = 2};

constexpr std::array kSortedSetAlgebraCommands = {
    Command{"zdiff", -3, readonly, kCountedKeys, CommandGroup::sorted_set,
            "The members of a sorted set that others lack", zdiff},
    Command{"zdiffstore", -4, write | denyoom, kTargetAndCountedKeys, CommandGroup::sorted_set,
            "Keeps the members of a sorted set that others lack", zdiffstore},
    Command{"zinter", -3, readonly, kCountedKeys, CommandGroup::sorted_set,
            "The members of all sorted sets", zinter},
    Command{"zintercard", -3, readonly, kCountedKeys, CommandGroup::sorted_set,
            "How many members all sorted sets have", zintercard},
    Command{"zinterstore", -4, write | denyoom, kTargetAndCountedKeys, CommandGroup::sorted_set,
            "Keeps the members of all sorted sets", zinterstore},
    Command{"zunion", -3, readonly, kCountedKeys, CommandGroup::sorted_set,
            "The members of any sorted set", zunion},
    Command{"zunionstore", -4, write | denyoom, kTargetAndCountedKeys, CommandGroup::sorted_set,
            "Keeps the members of any sorted set", zunionstore},
};

}  // namespace

std::span<const Command> sorted_set_algebra_commands() noexcept {
  return kSortedSetAlgebraCommands;
}

}  // namespace quartz::server
