#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "quartz/storage/limits.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_burst.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;
using Queue = std::vector<RespClient::QueuedCommand>;

/// Of writes that wait for EXEC to end, also those that it writes over itself.
constexpr std::size_t kPendingBytesMax = 2 * kBatchBytesMax;

Result<void> multi(CommandCall& call) {
  if (call.client.in_multi()) {
    return Error(Errc::invalid_argument, "MULTI calls can not be nested");
  }
  call.client.begin_multi();
  call.reply.simple("OK");
  return {};
}

/// One command of a queue that has run.
struct QueueCall {
  std::uint64_t nanoseconds = 0;
  bool failed = false;
  std::size_t reply_offset = 0;
};
using QueueCalls = std::vector<QueueCall>;

bool is_too_long(const CommandCall& call) { return call.too_long != nullptr && *call.too_long; }

// What changes more than the transaction is not run twice: it need not be tried whether the others
// take long.
bool leaves_at_once(const CommandCall& call, const Queue& queue) {
  if (call.too_long == nullptr) return false;
  const auto any = [&](CommandFlag flag) {
    return std::ranges::any_of(queue, [&](const auto& one) { return one.first->is(flag); });
  };
  return any(lengthy) && any(immediate);
}

// A pause waits for the commands of others, which must not wait for this one then.
bool pauses(const Queue& queue) {
  return std::ranges::any_of(queue,
                             [](const auto& one) { return one.first->name == "client|pause"; });
}

/// Replies of all, in one transaction with the watched keys. They are not whole, and nothing was
/// committed, if the call is too long.
Result<void> run_queue(CommandCall& call, const Queue& queue, std::string& replies,
                       QueueCalls& calls) {
  Transaction& transaction = call.view.transaction();
  transaction.restart();
  transaction.isolate();
  QUARTZ_TRY(call.client.depend_on_watched(transaction));
  protocol::RespReplyWriter reply(replies, call.client.version());
  reply.array(queue.size());
  Messages messages;
  std::vector<std::string_view> words;
  for (const auto& [command, queued] : queue) {
    const Stopwatch stopwatch;
    const std::size_t offset = replies.size();
    words.assign(queued.begin(), queued.end());
    DatabaseView view = call.server.service().view(transaction, call.client.database());
    CommandCall one{.server = call.server,
                    .client = call.client,
                    .view = view,
                    .arguments = words,
                    .reply = reply,
                    .messages = &messages,
                    .too_long = call.too_long};
    call.client.remember_keys(*command, words);
    const bool ran = run_command(*command, one, replies);
    if (is_too_long(call)) return {};
    if (transaction.writes().kept_bytes() > kPendingBytesMax) {
      return Error(Errc::too_large, "the transaction writes more than one write may hold");
    }
    calls.push_back(
        {.nanoseconds = stopwatch.elapsed_ns(), .failed = !ran, .reply_offset = offset});
  }
  QUARTZ_TRY(call.client.commit(transaction));
  for (const Message& message : messages) {
    call.server.service().publications().publish(message.channel, message.text, message.space);
  }
  return {};
}

// Only what came of it counts, not what was tried before.
void count_calls(CommandCall& call, const Queue& queue, const QueueCalls& calls,
                 std::string_view replies) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto& [command, queued] = queue[i];
    words.assign(queued.begin(), queued.end());
    call.server.note_call(call.client, *command, words, calls[i].nanoseconds);
    if (calls[i].failed) {
      call.server.statistics().failed(*command, replies.substr(calls[i].reply_offset));
    }
  }
}

Result<void> exec(CommandCall& call) {
  if (!call.client.in_multi()) return Error(Errc::invalid_argument, "EXEC without MULTI");
  auto queue = call.client.end_multi();
  if (!queue) {
    call.client.unwatch();
    return Error(Errc::invalid_argument,
                 "EXECABORT Transaction discarded because of previous errors.");
  }
  if (leaves_at_once(call, *queue)) *call.too_long = true;
  Attempts attempts(call.server.service().commit_gate());
  while (!is_too_long(call)) {
    std::string replies;
    const Database& selected = call.client.database();
    QueueCalls calls;
    const Result<void> ran = run_queue(call, *queue, replies, calls);
    if (is_too_long(call)) {
      call.client.select(selected);
      break;
    }
    if (ran) {
      count_calls(call, *queue, calls, replies);
      call.reply.raw(replies);
      break;
    }
    if (ran.error().code() != Errc::conflict) {
      call.client.unwatch();
      return ran;
    }
    call.client.select(selected);
    if (!pauses(*queue)) attempts.note_conflict();
    // Was it a watched key, or one that only the commands read? Those run again.
    Transaction look(call.server.service().engine());
    if (!call.client.depend_on_watched(look)) {
      call.reply.null_array();
      break;
    }
  }
  if (is_too_long(call)) {
    call.client.resume_multi(*std::move(queue));
  } else {
    call.client.unwatch();
  }
  return {};
}

Result<void> discard(CommandCall& call) {
  if (!call.client.in_multi()) return Error(Errc::invalid_argument, "DISCARD without MULTI");
  static_cast<void>(call.client.end_multi());
  call.client.unwatch();
  call.reply.simple("OK");
  return {};
}

Result<void> watch(CommandCall& call) {
  if (call.client.in_multi()) {
    return Error(Errc::invalid_argument, "WATCH inside MULTI is not allowed");
  }
  for (const std::string_view key : call.arguments.subspan(1)) {
    QUARTZ_TRY(call.client.watch(call.client.database(), key));
  }
  call.reply.simple("OK");
  return {};
}

// Within EXEC all keys are watched to its end, so that it notices what changes before that.
Result<void> unwatch(CommandCall& call) {
  if (call.messages == nullptr) call.client.unwatch();
  call.reply.simple("OK");
  return {};
}

constexpr std::array kTransactionCommands = {
    Command{"discard",
            1,
            immediate | in_multi | fast,
            {},
            CommandGroup::transactions,
            "Forgets the commands since MULTI",
            discard},
    Command{"exec",
            1,
            immediate | in_multi,
            {},
            CommandGroup::transactions,
            "Runs the commands since MULTI at one moment",
            exec},
    Command{"multi",
            1,
            immediate | in_multi | fast,
            {},
            CommandGroup::transactions,
            "Begins a transaction: commands wait for EXEC",
            multi},
    Command{"unwatch",
            1,
            immediate | fast,
            {},
            CommandGroup::transactions,
            "Forgets the watched keys",
            unwatch},
    Command{"watch",
            -2,
            immediate | in_multi | fast,
            {.first = 1, .last = -1, .step = 1},
            CommandGroup::transactions,
            "Lets EXEC do nothing if one of the keys changes before it",
            watch},
};

}  // namespace

std::span<const Command> transaction_commands() noexcept { return kTransactionCommands; }

}  // namespace quartz::server
