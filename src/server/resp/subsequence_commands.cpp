#include <algorithm>
#include <array>
#include <string_view>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/words.hpp"
#include "server/service/subsequence.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

struct SubsequenceWords {
  bool length = false;
  bool indexes = false;
  bool match_lengths = false;
  std::int64_t match_length_min = 0;
};

Result<SubsequenceWords> read_subsequence_words(Words options) {
  SubsequenceWords words;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (is_same_word(options[i], "IDX")) {
      words.indexes = true;
    } else if (is_same_word(options[i], "LEN")) {
      words.length = true;
    } else if (is_same_word(options[i], "WITHMATCHLEN")) {
      words.match_lengths = true;
    } else if (is_same_word(options[i], "MINMATCHLEN") && i + 1 < options.size()) {
      QUARTZ_ASSIGN(words.match_length_min, integer_of(options[++i]));
    } else {
      return syntax_error();
    }
  }
  if (words.indexes && words.length) {
    return Error(Errc::invalid_argument,
                 "If you want both the length and indexes, please just use IDX.");
  }
  return words;
}

void reply_range(CommandCall& call, std::size_t first, std::size_t size) {
  call.reply.array(2);
  call.reply.integer(static_cast<std::int64_t>(first));
  call.reply.integer(static_cast<std::int64_t>(first + size - 1));
}

void reply_matches(CommandCall& call, const CommonSubsequence& found,
                   const SubsequenceWords& words) {
  const auto is_told = [&](const CommonSubsequence::Match& match) {
    return static_cast<std::int64_t>(match.size) >= words.match_length_min;
  };
  call.reply.map(2);
  call.reply.bulk("matches");
  call.reply.array(static_cast<std::size_t>(std::ranges::count_if(found.matches, is_told)));
  for (const auto& match : found.matches) {
    if (!is_told(match)) continue;
    call.reply.array(words.match_lengths ? 3 : 2);
    reply_range(call, match.first_in_a, match.size);
    reply_range(call, match.first_in_b, match.size);
    if (words.match_lengths) call.reply.integer(static_cast<std::int64_t>(match.size));
  }
  call.reply.bulk("len");
  call.reply.integer(static_cast<std::int64_t>(found.bytes.size()));
}

Result<void> lcs(CommandCall& call) {
  QUARTZ_ASSIGN(const auto a, call.view.find(call.arguments[1]));
  QUARTZ_ASSIGN(const auto b, call.view.find(call.arguments[2]));
  if ((a && a->kind() != RowKind::string) || (b && b->kind() != RowKind::string)) {
    return Error(Errc::invalid_argument, "The specified keys must contain string values");
  }
  QUARTZ_ASSIGN(const SubsequenceWords words, read_subsequence_words(call.arguments.subspan(3)));
  QUARTZ_ASSIGN(const CommonSubsequence found,
                longest_common_subsequence(a ? a->value : std::string_view(),
                                           b ? b->value : std::string_view()));
  if (words.indexes) {
    reply_matches(call, found, words);
  } else if (words.length) {
    call.reply.integer(static_cast<std::int64_t>(found.bytes.size()));
  } else {
    call.reply.bulk(found.bytes);
  }
  return {};
}

constexpr std::array kSubsequenceCommands = {
    Command{"lcs",
            -3,
            readonly,
            {.first = 1, .last = 2, .step = 1},
            CommandGroup::string,
            "The longest subsequence of two strings",
            lcs},
};

}  // namespace

std::span<const Command> subsequence_commands() noexcept { return kSubsequenceCommands; }

}  // namespace quartz::server
