#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/try.hpp"
#include "server/resp/collection_encoding.hpp"
#include "server/resp/command.hpp"
#include "server/resp/help_reply.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

constexpr std::size_t kEmbeddedBytesMax = 44;
/// Redis keeps one copy of each of these numbers for everybody, and counts its references so.
constexpr std::int64_t kSharedNumbersEnd = 10'000;
constexpr std::int64_t kSharedReferences = std::numeric_limits<std::int32_t>::max();

std::string_view encoding_of_string(std::string_view value) {
  if (to_integer(value)) return "int";
  return value.size() <= kEmbeddedBytesMax ? "embstr" : "raw";
}

Result<void> encoding(CommandCall& call) {
  const std::string_view key = call.arguments[2];
  QUARTZ_ASSIGN(const auto row, call.view.find(key));
  if (!row) {
    call.reply.null();
    return {};
  }
  if (row->kind() == RowKind::string) {
    call.reply.bulk(encoding_of_string(row->value));
    return {};
  }
  if (row->kind() == RowKind::vector_set) {
    call.reply.bulk("raw");
    return {};
  }
  QUARTZ_ASSIGN(const CollectionHead head, CollectionHead::decode(row->kind(), row->value, key));
  QUARTZ_ASSIGN(const std::string_view name, encoding_of_collection(call, row->kind(), head));
  call.reply.bulk(name);
  return {};
}

Result<void> refcount(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, call.view.find(call.arguments[2], Transaction::Look::independent));
  if (!row) {
    call.reply.null();
    return {};
  }
  const auto number = row->kind() == RowKind::string ? to_integer(row->value) : std::nullopt;
  const bool shared = number && *number >= 0 && *number < kSharedNumbersEnd;
  call.reply.integer(shared ? kSharedReferences : 1);
  return {};
}

// Nobody notes when a key was read: it is always just now.
Result<void> idletime(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, call.view.find(call.arguments[2], Transaction::Look::independent));
  if (row) {
    call.reply.integer(0);
  } else {
    call.reply.null();
  }
  return {};
}

Result<void> freq(CommandCall& call) {
  QUARTZ_ASSIGN(const auto row, call.view.find(call.arguments[2], Transaction::Look::independent));
  if (!row) {
    call.reply.null();
    return {};
  }
  return Error(Errc::invalid_argument,
               "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please "
               "note that when switching between policies at runtime LRU and LFU data will take "
               "some time to adjust.");
}

Result<void> object_help(CommandCall& call) {
  constexpr std::array<std::string_view, 6> kLines{
      "OBJECT <subcommand> [<key>]. Subcommands are:",
      "ENCODING <key>: the representation that Redis would choose for what it holds.",
      "FREQ <key>: an error, since nobody counts reads.",
      "IDLETIME <key>: 0, since nobody notes when keys are read.",
      "REFCOUNT <key>: 1, but for numbers that Redis shares among keys.",
      "HELP: these lines."};
  return reply_with_help(call, kLines);
}

constexpr CommandKeys kSecondWord{.first = 2, .last = 2, .step = 1};

constexpr std::array kObjectCommands = {
    Command{"object", -2, readonly, {}, CommandGroup::generic, "About how keys are kept", nullptr},
    Command{"object|encoding", 3, readonly, kSecondWord, CommandGroup::generic,
            "How Redis would keep what a key holds", encoding},
    Command{"object|freq", 3, readonly, kSecondWord, CommandGroup::generic,
            "How often a key is read, which nobody notes", freq},
    Command{"object|help",
            2,
            readonly,
            {},
            CommandGroup::generic,
            "What can be asked about keys",
            object_help},
    Command{"object|idletime", 3, readonly, kSecondWord, CommandGroup::generic,
            "Seconds since a key was read, which nobody notes: 0", idletime},
    Command{"object|refcount", 3, readonly, kSecondWord, CommandGroup::generic,
            "How many references Redis would count", refcount},
};

}  // namespace

std::span<const Command> object_commands() noexcept { return kObjectCommands; }

}  // namespace quartz::server
