#include <new>

#include "base/clock.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/single_call.hpp"
#include "server/transport/worker_threads.hpp"

namespace quartz::server {

// One command in a transaction of its own. It is not run to its end if `too_long` becomes true.
RespClient::Outcome RespClient::run_alone(const Command& command, Words arguments,
                                          const void* origin, bool* too_long, std::string& output) {
  const std::size_t offset = output.size();
  SingleCall single(server_, *this, arguments, output);
  Transaction& transaction = single.transaction();
  single.call().too_long = too_long;
  for (Attempts attempts(server_.service().commit_gate());;) {
    const bool ran = run_command(command, single.call(), output);
    if (too_long != nullptr && *too_long) return {};
    const Result<void> committed = server_.service().commit(transaction, origin, commit_options());
    if (committed) return {.failed = !ran, .wrote = !transaction.writes().empty()};
    output.resize(offset);
    if (committed.error().code() == Errc::conflict) {
      attempts.note_conflict();
      restart_after_conflict(transaction);
      continue;
    }
    single.reply().error(error_reply(committed.error()));
    return {.failed = true};
  }
}

void RespClient::run_lengthy(const Command& command, Words arguments, std::string& output) {
  remember_keys(command, arguments);
  bool too_long = false;
  const std::size_t offset = output.size();
  const Outcome outcome =
      run_alone(command, arguments, this, may_leave_thread() ? &too_long : nullptr, output);
  if (too_long) return begin_lengthy_run(command, arguments);
  note_outcome(command, outcome, std::string_view(output).substr(offset));
  note_call(command, arguments);
}

void RespClient::note_outcome(const Command& command, const Outcome& outcome,
                              std::string_view reply) {
  if (outcome.failed) server_.statistics().failed(command, reply);
  if (outcome.wrote && syncs_later()) unsynced_ = true;
}

bool RespClient::finish_lengthy_run(std::string& output) {
  const LengthyRun& run = *waiting_->run;
  if (!run.done.load(std::memory_order_acquire)) return false;
  output += run.reply;
  note_outcome(*run.command, run.outcome, run.reply);
  const std::vector<std::string_view> words(run.words.begin(), run.words.end());
  server_.note_call(*this, *run.command, words, steady_nanoseconds() - run.began);
  return true;
}

// On a thread for what takes long.
RespClient::Outcome RespClient::run_elsewhere(const Command& command, Words arguments,
                                              std::string& reply) {
  if (!command.is(CommandFlag::immediate)) {
    return run_alone(command, arguments, this, nullptr, reply);
  }
  wrote_elsewhere_ = false;
  const bool ran = run_outside(command, arguments, nullptr, reply);
  return {.failed = !ran, .wrote = wrote_elsewhere_};
}

void RespClient::begin_lengthy_run(const Command& command, Words arguments) {
  auto run = std::make_shared<LengthyRun>();
  run->command = &command;
  run->began = lap_began_;
  run->replies = replies_;
  run->words.assign(arguments.begin(), arguments.end());
  waiting_.emplace(Waiting{.command = &command,
                           .words = {},
                           .until = std::chrono::steady_clock::time_point::max(),
                           .place = nullptr,
                           .run = run});
  // One that is immediate may wait for the turns of others, which may wait for this one's.
  const bool counts = changes_anything(command) || command.is(CommandFlag::immediate);
  if (counts) lengthy_turns_.fetch_add(1);
  whereabouts_.store(Whereabouts::elsewhere, std::memory_order_release);
  server_.workers()->post([self = shared_from_this(), run, counts] {
    const std::vector<std::string_view> words(run->words.begin(), run->words.end());
    try {
      run->outcome = self->run_elsewhere(*run->command, words, run->reply);
    } catch (const std::bad_alloc&) {
      run->reply = "-ERR out of memory\r\n";
      run->outcome = {.failed = true};
    }
    self->return_from_elsewhere();
    if (counts) self->lengthy_turns_.fetch_add(1);
    run->done.store(true, std::memory_order_release);
    self->wire_.wake();
  });
}

void RespClient::return_from_elsewhere() {
  Whereabouts expected = Whereabouts::elsewhere;
  if (!whereabouts_.compare_exchange_strong(expected, Whereabouts::here)) leave_channels();
}

}  // namespace quartz::server
