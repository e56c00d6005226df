#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/bit_words.hpp"
#include "server/resp/command.hpp"
#include "server/resp/words.hpp"
#include "server/service/bits.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using bits::FieldOperation;

Result<BitFieldType> type_of(std::string_view word) {
  const bool is_signed = word.starts_with('i');
  const auto bits = word.empty() ? std::nullopt : to_integer(word.substr(1));
  if ((!is_signed && !word.starts_with('u')) || !bits || *bits < 1 ||
      *bits > (is_signed ? 64 : 63)) {
    return Error(Errc::invalid_argument,
                 "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported "
                 "but i64 is.");
  }
  return BitFieldType{.is_signed = is_signed, .bits = static_cast<unsigned>(*bits)};
}

Result<BitFieldOverflow> overflow_named(std::string_view word) {
  if (is_same_word(word, "WRAP")) return BitFieldOverflow::wrap;
  if (is_same_word(word, "SAT")) return BitFieldOverflow::saturate;
  if (is_same_word(word, "FAIL")) return BitFieldOverflow::fail;
  return Error(Errc::invalid_argument, "Invalid OVERFLOW type specified");
}

/// Nothing if it is none, or has too few words behind it.
std::optional<FieldOperation::Kind> kind_of(Words words) {
  if (is_same_word(words[0], "GET") && words.size() > 2) return FieldOperation::Kind::get;
  if (is_same_word(words[0], "SET") && words.size() > 3) return FieldOperation::Kind::set;
  if (is_same_word(words[0], "INCRBY") && words.size() > 3) return FieldOperation::Kind::add;
  return std::nullopt;
}

Result<FieldOperation> read_operation(FieldOperation::Kind kind, Words words,
                                      BitFieldOverflow overflow) {
  FieldOperation operation{.kind = kind, .overflow = overflow};
  QUARTZ_ASSIGN(operation.type, type_of(words[1]));
  QUARTZ_ASSIGN(operation.offset, field_offset_of(words[2], operation.type.bits));
  if (kind != FieldOperation::Kind::get) {
    QUARTZ_ASSIGN(operation.number, integer_of(words[3]));
  }
  return operation;
}

Result<std::vector<FieldOperation>> read_operations(Words words) {
  std::vector<FieldOperation> operations;
  BitFieldOverflow overflow = BitFieldOverflow::wrap;
  while (!words.empty()) {
    if (is_same_word(words[0], "OVERFLOW") && words.size() > 1) {
      QUARTZ_ASSIGN(overflow, overflow_named(words[1]));
      words = words.subspan(2);
      continue;
    }
    const auto kind = kind_of(words);
    if (!kind) return syntax_error();
    QUARTZ_ASSIGN(const FieldOperation operation, read_operation(*kind, words, overflow));
    operations.push_back(operation);
    words = words.subspan(*kind == FieldOperation::Kind::get ? 3 : 4);
  }
  return operations;
}

Result<void> run_and_reply(CommandCall& call, const std::vector<FieldOperation>& operations) {
  QUARTZ_ASSIGN(const auto answers, bits::run(call.view, call.arguments[1], operations));
  call.reply.array(answers.size());
  for (const auto& answer : answers) {
    if (answer) {
      call.reply.integer(*answer);
    } else {
      call.reply.null();
    }
  }
  return {};
}

Result<void> bitfield(CommandCall& call) {
  QUARTZ_ASSIGN(const auto operations, read_operations(call.arguments.subspan(2)));
  return run_and_reply(call, operations);
}

Result<void> bitfield_ro(CommandCall& call) {
  QUARTZ_ASSIGN(const auto operations, read_operations(call.arguments.subspan(2)));
  for (const FieldOperation& one : operations) {
    if (one.kind == FieldOperation::Kind::get) continue;
    return Error(Errc::invalid_argument, "ERR BITFIELD_RO only supports the GET subcommand");
  }
  return run_and_reply(call, operations);
}

constexpr std::array kBitFieldCommands = {
    Command{"bitfield", -2, write | denyoom, kOneKey, CommandGroup::bitmap,
            "Reads, sets and adds to numbers of some bits of a string", bitfield},
    Command{"bitfield_ro", -2, readonly | fast, kOneKey, CommandGroup::bitmap,
            "Reads numbers of some bits of a string", bitfield_ro},
};

}  // namespace

std::span<const Command> bit_field_commands() noexcept { return kBitFieldCommands; }

}  // namespace quartz::server
