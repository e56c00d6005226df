#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/export.hpp"

namespace quartz {

class Batch;
class Client;
class Lease;

namespace client {

/// What a command does with what is stored, as far as a repeat is concerned.
enum class CommandNature : std::uint8_t {
  reads,       ///< It changes nothing: GET.
  overwrites,  ///< Leaves the same and says the same, whatever was there: SET.
  settles,     ///< Leaves the same, but what it says depends on what was there: EXPIRE.
  changes,     ///< Anything else, and commands that nobody knows: INCR.
};

/// A request as it is sent, and what may be done with it.
struct EncodedCommand {
  std::string request;        ///< The bytes, in the protocol of Redis.
  std::uint32_t replies = 1;  ///< Of a batch one for each of its commands, and two.
  bool idempotent = false;    ///< Whether a repeat changes nothing.
  CommandNature nature = CommandNature::changes;  ///< Of a batch the least harmless.
  /// It may wait for so long before it is answered; 0: as long as it takes.
  std::optional<std::chrono::milliseconds> waits = {};
};

/// Idempotent according to what is known of the command.
QUARTZ_EXPORT EncodedCommand encode(std::span<const std::string_view> words);

}  // namespace client

/// A command with its words, which is answered with a `T`: what `Client::async_run` carries out and
/// a `Batch` collects. Those of quartz/client/commands make them. Owns its words.
template <class T>
class Command {
 public:
  /// From the name on. `T` must be what the server answers: `unexpected_reply` otherwise. Types are
  /// those that the functions of quartz/client/commands have.
  explicit Command(std::span<const std::string_view> words) : encoded_(client::encode(words)) {}
  /// The same, of words that are written out.
  Command(std::initializer_list<std::string_view> words)
      : Command(std::span<const std::string_view>(words.begin(), words.size())) {}

 private:
  friend class Batch;
  friend class Client;
  friend class Lease;

  client::EncodedCommand encoded_;
};

/// A command that waits on the server until there is something to answer, but no longer than its
/// timeout. It holds up all that is behind it on its connection, so that only a `Lease` runs it.
/// Owns its words.
template <class T>
class BlockingCommand {
 public:
  /// From the name on, its timeout in seconds included. `timeout`: the same; 0: none.
  BlockingCommand(std::span<const std::string_view> words, std::chrono::milliseconds timeout)
      : encoded_(client::encode(words)) {
    encoded_.waits = timeout;
  }
  /// The same, of words that are written out.
  BlockingCommand(std::initializer_list<std::string_view> words, std::chrono::milliseconds timeout)
      : BlockingCommand(std::span<const std::string_view>(words.begin(), words.size()), timeout) {}

 private:
  friend class Lease;

  client::EncodedCommand encoded_;
};

/// Commands that are carried out together, with nobody else's in between, by `Client::async_exec`:
/// one MULTI, the commands, one EXEC, in a single write.
///
/// As a whole it is idempotent if each of its commands is, and none writes behind one whose answer
/// depends on what is stored: a repeat would answer that with what the batch itself has left. So
/// SET and then GET may be repeated, GET and then SET is not. Keys are not compared.
class QUARTZ_EXPORT Batch {
 public:
  /// Behind those before; its reply is in the same place among the replies.
  template <class T>
  Batch& add(const Command<T>& command) {
    add(command.encoded_);
    return *this;
  }
  /// Any command, from its name on.
  Batch& add(std::initializer_list<std::string_view> words) {
    add(client::encode(std::span<const std::string_view>(words.begin(), words.size())));
    return *this;
  }

  std::size_t size() const noexcept { return count_; }  ///< Commands in it.
  bool empty() const noexcept { return count_ == 0; }   ///< Whether there is none.

 private:
  friend class Client;
  friend class Lease;

  void add(const client::EncodedCommand& command);
  client::EncodedCommand encoded() const;

  std::string requests_;
  std::uint32_t count_ = 0;
  bool idempotent_ = true;
  bool looked_ = false;  // An answer depends on what was stored.
  client::CommandNature nature_ = client::CommandNature::reads;
};

}  // namespace quartz
