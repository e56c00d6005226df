#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/resp_reply.hpp"
#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

class RespClient;
class RespServer;
struct KeyWait;

/// Words of a request, its name first. They live until the reply is written.
using Words = std::span<const std::string_view>;

/// What is to be published.
struct Message {
  std::string channel;
  std::string text;
  ChannelSpace space = ChannelSpace::shared;
};
using Messages = std::vector<Message>;

/// One run of a command.
struct CommandCall {
  RespServer& server;
  RespClient& client;
  DatabaseView& view;  ///< Of the database that the client has selected.
  Words arguments;
  protocol::RespReplyWriter& reply;
  KeyWait* wait = nullptr;  ///< Null: the command must not wait.
  /// Not null: the command may run again, so that what it publishes waits here for the commit.
  Messages* messages = nullptr;
  /// Not null: a command that would take long here may set it and answer nothing. Then it runs
  /// again, on a thread for such work; with all others if it is one of those that EXEC runs.
  bool* too_long = nullptr;
};

/// Answers by writing exactly one reply, or with an error, which is written in its place. With an
/// error nothing was written to the transaction. May run again when others came between, so it
/// changes nothing but the transaction, unless the command is `CommandFlag::immediate`. One that is
/// `CommandFlag::blocking` may reply nothing, but wait (key_wait.hpp).
using CommandFunction = Result<void> (*)(CommandCall& call);

/// What a command is and may. Bits.
enum class CommandFlag : std::uint32_t {
  none = 0,
  write = 1 << 0,
  readonly = 1 << 1,
  admin = 1 << 2,
  pubsub = 1 << 3,
  fast = 1 << 4,
  blocking = 1 << 5,
  no_auth = 1 << 6,    ///< Before a client has said who it is, too.
  no_multi = 1 << 7,   ///< Not between MULTI and EXEC.
  immediate = 1 << 8,  ///< Outside of any transaction: changes the client, the server or others.
  in_subscription = 1 << 9,  ///< Also while a client of RESP2 listens to channels.
  denyoom = 1 << 10,
  dangerous = 1 << 11,
  loading = 1 << 12,
  stale = 1 << 13,
  noscript = 1 << 14,
  in_multi = 1 << 15,  ///< Runs between MULTI and EXEC, where others are queued.
  lengthy = 1 << 16,   ///< May take long: runs by itself, and on a thread for that if it says so.
  carries = 1 << 17,   ///< Its words from the fourth on are a command, which it runs.
};
constexpr CommandFlag operator|(CommandFlag a, CommandFlag b) noexcept {
  return static_cast<CommandFlag>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// Where a command's keys are among its words.
struct CommandKeys {
  int first = 0;       ///< 0: none.
  int last = 0;        ///< Below 0: counted from the end.
  int step = 0;        ///< From one to the next.
  int count_word = 0;  ///< Not 0: that word says how many there are, and they follow it.
  /// Not empty: the word behind each of these, which is in capitals, may be one, too.
  std::string_view keyword = {};
};

// The places that several groups of commands have their keys in.
inline constexpr CommandKeys kOneKey{.first = 1, .last = 1, .step = 1};
inline constexpr CommandKeys kTwoKeys{.first = 1, .last = 2, .step = 1};
inline constexpr CommandKeys kAllKeys{.first = 1, .last = -1, .step = 1};
inline constexpr CommandKeys kKeysBeforeTimeout{.first = 1, .last = -2, .step = 1};
inline constexpr CommandKeys kCountedKeys{.count_word = 1};

/// What commands are about.
enum class CommandGroup : std::uint8_t {
  bitmap,
  cluster,
  connection,
  generic,
  hash,
  list,
  pubsub,
  scripting,
  server,
  set,
  sorted_set,
  string,
  transactions,
  vector_set,
};

/// As COMMAND DOCS has it: "string", "sorted-set"…
std::string_view name_of(CommandGroup group) noexcept;

/// A command of the Redis protocol.
struct Command {
  std::string_view name;  ///< In lower case; subcommands as "client|id".
  int arity = 0;          ///< Words; below 0: at least so many.
  CommandFlag flags = CommandFlag::none;
  CommandKeys keys;
  CommandGroup group = CommandGroup::generic;
  std::string_view summary;       ///< What it does, in a phrase without a full stop.
  CommandFunction run = nullptr;  ///< Null: only its subcommands do something.
  std::size_t index = 0;          ///< Given by the table: all of them are 0, 1, 2…

  bool is(CommandFlag flag) const noexcept {
    return (static_cast<std::uint32_t>(flags) & static_cast<std::uint32_t>(flag)) != 0;
  }
  bool accepts(std::size_t words) const noexcept {
    const auto count = static_cast<int>(words);
    return arity >= 0 ? count == arity : count >= -arity;
  }
};

/// The keys among a request's words; none if the words make no sense.
std::vector<std::string_view> keys_of(const Command& command, Words arguments);

// The commands, by what they are about; each in the file of that name.
std::span<const Command> acl_commands() noexcept;
std::span<const Command> bit_commands() noexcept;
std::span<const Command> bit_field_commands() noexcept;
std::span<const Command> client_commands() noexcept;
std::span<const Command> command_commands() noexcept;
std::span<const Command> connection_commands() noexcept;
std::span<const Command> dump_commands() noexcept;
std::span<const Command> generic_commands() noexcept;
std::span<const Command> hash_commands() noexcept;
std::span<const Command> latency_commands() noexcept;
std::span<const Command> list_blocking_commands() noexcept;
std::span<const Command> list_commands() noexcept;
std::span<const Command> memory_commands() noexcept;
std::span<const Command> object_commands() noexcept;
std::span<const Command> once_commands() noexcept;
std::span<const Command> trace_commands() noexcept;
std::span<const Command> pause_commands() noexcept;
std::span<const Command> pubsub_commands() noexcept;
std::span<const Command> server_commands() noexcept;
std::span<const Command> set_commands() noexcept;
std::span<const Command> sort_commands() noexcept;
std::span<const Command> slow_log_commands() noexcept;
std::span<const Command> sorted_set_algebra_commands() noexcept;
std::span<const Command> sorted_set_commands() noexcept;
std::span<const Command> sorted_set_pop_commands() noexcept;
std::span<const Command> sorted_set_range_commands() noexcept;
std::span<const Command> string_commands() noexcept;
std::span<const Command> subsequence_commands() noexcept;
std::span<const Command> tracking_commands() noexcept;
std::span<const Command> transaction_commands() noexcept;
std::span<const Command> vector_search_commands() noexcept;
std::span<const Command> vector_set_commands() noexcept;

}  // namespace quartz::server
