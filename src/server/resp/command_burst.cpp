#include "server/resp/command_burst.hpp"

#include <fmt/format.h>

#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "storage/engine.hpp"

namespace quartz::server {
namespace {

/// After so many conflicts the commands of a burst are tried one by one.
constexpr int kAttemptsTogether = 4;

}  // namespace

std::string error_reply(const Error& error) {
  switch (error.code()) {
    case Errc::wrong_kind:
      return fmt::format("WRONGTYPE {}", error.message());
    case Errc::invalid_argument:
    case Errc::not_found:
      return error.message();
    default:
      return fmt::format("ERR {}", error.to_string());
  }
}

bool run_command(const Command& command, CommandCall& call, std::string& output) {
  const std::size_t offset = output.size();
  const Result<void> ran = command.run(call);
  const bool runs_again = call.too_long != nullptr && *call.too_long;
  if (ran && !runs_again) return true;
  output.resize(offset);
  if (runs_again) return true;
  // A collection that was found has been dropped since.
  Transaction& transaction = call.view.transaction();
  if (ran.error().code() == Errc::closed && !transaction.engine().engine().closed()) {
    transaction.invalidate();
  }
  call.reply.error(error_reply(ran.error()));
  return false;
}

void restart_after_conflict(Transaction& transaction) {
  if (transaction.writes().empty()) {
    transaction.restart_on_snapshot();
  } else {
    transaction.restart();
  }
}

CommandBurst::CommandBurst(RespServer& server, RespClient& client)
    : server_(server), client_(client), transaction_(server.service().engine()) {}

void CommandBurst::run_entry(Entry& entry, std::string& output) {
  protocol::RespReplyWriter reply(output, client_.version());
  DatabaseView view = server_.service().view(transaction_, client_.database());
  CommandCall call{.server = server_,
                   .client = client_,
                   .view = view,
                   .arguments = words_of(entry),
                   .reply = reply};
  entry.failed = !run_command(*entry.command, call, output);
}

void CommandBurst::run(const Command& command, Words arguments, std::string& output) {
  if (commands_.empty()) transaction_.restart();
  commands_.push_back({.command = &command,
                       .first_word = words_.size(),
                       .word_count = arguments.size(),
                       .reply_offset = output.size()});
  words_.insert(words_.end(), arguments.begin(), arguments.end());
  run_entry(commands_.back(), output);
}

void CommandBurst::finish(std::string& output) {
  if (commands_.empty()) return;
  for (int attempt = 1;; ++attempt) {
    const Result<void> committed = client_.commit(transaction_);
    if (committed) break;
    output.resize(commands_.front().reply_offset);
    if (committed.error().code() != Errc::conflict || attempt == kAttemptsTogether) {
      run_each_alone(output);
      break;
    }
    transaction_.restart();
    for (Entry& entry : commands_) {
      entry.reply_offset = output.size();
      run_entry(entry, output);
    }
  }
  count_failures(output);
  forget();
}

void CommandBurst::count_failures(std::string_view output) {
  for (const Entry& entry : commands_) {
    if (!entry.failed) continue;
    server_.statistics().failed(*entry.command, output.substr(entry.reply_offset));
  }
}

// So that an error, a full disk say, is the answer of those commands only that it prevented.
void CommandBurst::run_each_alone(std::string& output) {
  for (Entry& entry : commands_) {
    entry.reply_offset = output.size();
    transaction_.restart();
    for (Attempts attempts(server_.service().commit_gate());;) {
      run_entry(entry, output);
      const Result<void> committed = client_.commit(transaction_);
      if (committed) break;
      output.resize(entry.reply_offset);
      if (committed.error().code() == Errc::conflict) {
        attempts.note_conflict();
        restart_after_conflict(transaction_);
        continue;
      }
      protocol::RespReplyWriter(output, client_.version()).error(error_reply(committed.error()));
      entry.failed = true;
      break;
    }
  }
}

void CommandBurst::forget() noexcept {
  commands_.clear();
  words_.clear();
}

}  // namespace quartz::server
