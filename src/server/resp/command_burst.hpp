#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_reply.hpp"
#include "quartz/error.hpp"
#include "server/resp/command.hpp"

namespace quartz::server {

/// Commands that arrived together and are committed together: what one write of the engine costs,
/// all of them share. To clients it is as if each had run by itself, since nobody comes between.
///
/// Threads: one at a time.
class CommandBurst {
 public:
  /// More would only make a conflict with others likelier.
  static constexpr std::size_t kCommandsMax = 128;
  /// Every write of a row is kept until the commit.
  static constexpr std::size_t kPendingBytes = std::size_t{4} << 20;

  CommandBurst(RespServer& server, RespClient& client);

  /// Runs a command, and appends its reply to `output`, which may still change until `finish`. The
  /// words must stay where they are until then.
  void run(const Command& command, Words arguments, std::string& output);
  bool empty() const noexcept { return commands_.empty(); }
  /// It should be finished before there is more, which would cost memory or make others wait.
  bool full() const noexcept {
    return commands_.size() >= kCommandsMax || transaction_.writes().kept_bytes() >= kPendingBytes;
  }
  /// Commits. If others came between, all commands run again.
  void finish(std::string& output);

 private:
  struct Entry {
    const Command* command;
    std::size_t first_word;
    std::size_t word_count;
    std::size_t reply_offset;
    bool failed = false;
  };

  Words words_of(const Entry& entry) const noexcept {
    return Words(words_).subspan(entry.first_word, entry.word_count);
  }
  void run_entry(Entry& entry, std::string& output);
  void run_each_alone(std::string& output);
  void count_failures(std::string_view output);
  void forget() noexcept;

  RespServer& server_;
  RespClient& client_;
  Transaction transaction_;
  std::vector<Entry> commands_;
  std::vector<std::string_view> words_;
};

/// Runs one command; an error it answers with becomes its reply. Whether there was none.
bool run_command(const Command& command, CommandCall& call, std::string& output);

/// Before one command runs again because others came between: if it only reads, they will not
/// again.
void restart_after_conflict(Transaction& transaction);

/// An error as clients of Redis know it, with its code in front.
std::string error_reply(const Error& error);

}  // namespace quartz::server
