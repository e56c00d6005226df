#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/bit_words.hpp"
#include "server/resp/command.hpp"
#include "server/resp/words.hpp"
#include "server/service/bits.hpp"
#include "server/service/strings.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

Result<void> setbit(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t offset, bit_offset_of(call.arguments[2]));
  const auto on = to_integer(call.arguments[3]);
  if (!on || (*on != 0 && *on != 1)) {
    return Error(Errc::invalid_argument, "bit is not an integer or out of range");
  }
  QUARTZ_ASSIGN(const bool old, bits::set(call.view, call.arguments[1], offset, *on == 1));
  call.reply.integer(old ? 1 : 0);
  return {};
}

Result<void> getbit(CommandCall& call) {
  QUARTZ_ASSIGN(const std::uint64_t offset, bit_offset_of(call.arguments[2]));
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, call.arguments[1]));
  call.reply.integer(row && bit_at(row->value, offset) ? 1 : 0);
  return {};
}

/// Whether a range is one of bits rather than of bytes.
Result<bool> counts_bits(std::string_view word) {
  if (is_same_word(word, "BIT")) return true;
  if (is_same_word(word, "BYTE")) return false;
  return syntax_error();
}

/// The bits between two positions, each counted from the end if it is negative; nothing if there
/// are none.
std::optional<BitSpan> span_between(std::size_t bytes, std::int64_t first, std::int64_t last,
                                    bool in_bits) noexcept {
  const auto total = static_cast<std::int64_t>(in_bits ? bytes * 8 : bytes);
  if (first < 0) first = std::max<std::int64_t>(0, total + first);
  if (last < 0) last = std::max<std::int64_t>(0, total + last);
  last = std::min(last, total - 1);
  if (first > last) return std::nullopt;
  const auto begin = static_cast<std::uint64_t>(first);
  const auto end = static_cast<std::uint64_t>(last);
  if (in_bits) return BitSpan{.first = begin, .last = end};
  return BitSpan{.first = begin * 8, .last = end * 8 + 7};
}

// The key is looked at before the words behind it make sense or not.
Result<std::optional<BitSpan>> read_counted_span(Words words, std::size_t bytes) {
  if (words.size() == 2) return span_between(bytes, 0, -1, false);
  if (words.size() < 4 || words.size() > 5) return syntax_error();
  QUARTZ_ASSIGN(const std::int64_t first, integer_of(words[2]));
  QUARTZ_ASSIGN(const std::int64_t last, integer_of(words[3]));
  if (first < 0 && last < 0 && first > last) return std::optional<BitSpan>();
  bool in_bits = false;
  if (words.size() == 5) {
    QUARTZ_ASSIGN(in_bits, counts_bits(words[4]));
  }
  return span_between(bytes, first, last, in_bits);
}

Result<void> bitcount(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, call.arguments[1]));
  if (!row) {
    call.reply.integer(0);
    return {};
  }
  QUARTZ_ASSIGN(const auto span, read_counted_span(call.arguments, row->value.size()));
  call.reply.integer(span ? static_cast<std::int64_t>(count_bits(row->value, *span)) : 0);
  return {};
}

Result<std::optional<BitSpan>> read_searched_span(Words words, std::size_t bytes) {
  if (words.size() == 3) return span_between(bytes, 0, -1, false);
  if (words.size() > 6) return syntax_error();
  QUARTZ_ASSIGN(const std::int64_t first, integer_of(words[3]));
  bool in_bits = false;
  if (words.size() == 6) {
    QUARTZ_ASSIGN(in_bits, counts_bits(words[5]));
  }
  std::int64_t last = -1;
  if (words.size() > 4) {
    QUARTZ_ASSIGN(last, integer_of(words[4]));
  }
  return span_between(bytes, first, last, in_bits);
}

constexpr std::int64_t kNotFound = -1;

Result<void> bitpos(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t bit, integer_of(call.arguments[2]));
  if (bit != 0 && bit != 1) {
    return Error(Errc::invalid_argument, "The bit argument must be 1 or 0.");
  }
  QUARTZ_ASSIGN(const auto row, strings::get(call.view, call.arguments[1]));
  if (!row) {
    call.reply.integer(bit == 1 ? kNotFound : 0);
    return {};
  }
  QUARTZ_ASSIGN(const auto span, read_searched_span(call.arguments, row->value.size()));
  const auto found = span ? find_bit(row->value, *span, bit == 1) : std::nullopt;
  // Who does not say where to stop finds a clear bit behind the end.
  const bool goes_on = span && bit == 0 && call.arguments.size() < 5;
  if (found) {
    call.reply.integer(static_cast<std::int64_t>(*found));
  } else {
    call.reply.integer(goes_on ? static_cast<std::int64_t>(span->last) + 1 : kNotFound);
  }
  return {};
}

Result<BitOperation> operation_named(std::string_view word) {
  if (is_same_word(word, "AND")) return BitOperation::conjunction;
  if (is_same_word(word, "OR")) return BitOperation::disjunction;
  if (is_same_word(word, "XOR")) return BitOperation::difference;
  if (is_same_word(word, "NOT")) return BitOperation::complement;
  return syntax_error();
}

Result<void> bitop(CommandCall& call) {
  QUARTZ_ASSIGN(const BitOperation operation, operation_named(call.arguments[1]));
  const Words keys = call.arguments.subspan(3);
  if (operation == BitOperation::complement && keys.size() != 1) {
    return Error(Errc::invalid_argument, "ERR BITOP NOT must be called with a single source key.");
  }
  QUARTZ_ASSIGN(const std::uint64_t size,
                bits::combine(call.view, operation, call.arguments[2], keys));
  call.reply.integer(static_cast<std::int64_t>(size));
  return {};
}

constexpr CommandKeys kFromSecondWord{.first = 2, .last = -1, .step = 1};

constexpr std::array kBitCommands = {
    Command{"bitcount", -2, readonly, kOneKey, CommandGroup::bitmap, "How many bits are set",
            bitcount},
    Command{"bitop", -4, write | denyoom, kFromSecondWord, CommandGroup::bitmap,
            "Keeps what an operation makes of the bits of strings", bitop},
    Command{"bitpos", -3, readonly, kOneKey, CommandGroup::bitmap,
            "The first bit that is set, or is not", bitpos},
    Command{"getbit", 3, readonly | fast, kOneKey, CommandGroup::bitmap, "A bit of a string",
            getbit},
    Command{"setbit", 4, write | denyoom, kOneKey, CommandGroup::bitmap,
            "Sets or clears a bit of a string", setbit},
};

}  // namespace

std::span<const Command> bit_commands() noexcept { return kBitCommands; }

}  // namespace quartz::server
