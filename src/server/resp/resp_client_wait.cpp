#include "base/clock.hpp"
#include "server/resp/key_wait.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/single_call.hpp"

namespace quartz::server {

using Clock = std::chrono::steady_clock;

// One command in a transaction of its own. False if it waits; then nothing was written.
bool RespClient::try_to_answer(const Command& command, Words arguments, KeyWait& wait,
                               std::string& output) {
  const std::size_t offset = output.size();
  SingleCall single(server_, *this, arguments, output);
  Transaction& transaction = single.transaction();
  single.call().wait = &wait;
  for (Attempts attempts(server_.service().commit_gate());;) {
    wait.wanted = false;
    const bool ran = run_command(command, single.call(), output);
    if (wait.wanted) return false;
    const Result<void> committed = commit(transaction);
    if (committed) {
      if (!ran) count_failure(command, output, offset);
      return true;
    }
    output.resize(offset);
    if (committed.error().code() == Errc::conflict) {
      attempts.note_conflict();
      transaction.restart();
      continue;
    }
    single.reply().error(error_reply(committed.error()));
    count_failure(command, output, offset);
    return true;
  }
}

void RespClient::run_blocking(const Command& command, Words arguments, std::string& output) {
  KeyWait wait{.over = !wire_.wake};
  if (try_to_answer(command, arguments, wait, output)) {
    note_call(command, arguments);
    return;
  }
  const Clock::time_point now = Clock::now();
  waiting_.emplace(
      Waiting{.command = &command,
              .words = {arguments.begin(), arguments.end()},
              .until = wait.timeout.count() == 0 ? Clock::time_point::max() : now + wait.timeout,
              .place = server_.key_waits().enter(database(), wait.kind, wait.keys, wire_.wake)});
  wait_state_.store(WaitState::waiting, std::memory_order_release);
  // What was written before the place was taken has woken nobody.
  answer_waiting(now, output);
}

void RespClient::resume(Clock::time_point now, std::string& output) {
  release();  // If it is held still, it is held again.
  if (!waiting_) return;
  const Turn turn(turns_);
  lap_began_ = steady_nanoseconds();
  answer_waiting(now, output);
}

void RespClient::answer_waiting(Clock::time_point now, std::string& output) {
  const std::size_t offset = output.size();
  if (waiting_->run) {
    if (!finish_lengthy_run(output)) return;
    const auto run = waiting_->run;
    give_up();
    users_changed();  // Perhaps, meanwhile.
    if (!queue_) caching_.reset();
    if (run->command->is(CommandFlag::immediate)) {
      drop_reply_unwanted_before(run->replies, offset, output);
    } else {
      drop_unwanted_reply(offset, output);
    }
    return;
  }
  const WaitState state = wait_state_.load(std::memory_order_acquire);
  if (state == WaitState::waiting && now < waiting_->until && hold_waiting(now)) return;
  if (state == WaitState::with_error) {
    protocol::RespReplyWriter(output, version())
        .error("UNBLOCKED client unblocked via CLIENT UNBLOCK");
    count_failure(*waiting_->command, output, offset);
  } else {
    waiting_->place->begin_look();
    KeyWait wait{.resumed = true,
                 .over = state == WaitState::as_after_timeout || now >= waiting_->until};
    const std::vector<std::string_view> words(waiting_->words.begin(), waiting_->words.end());
    if (!try_to_answer(*waiting_->command, words, wait, output)) return;
    note_call(*waiting_->command, words);
  }
  give_up();
  if (!queue_) caching_.reset();
  drop_unwanted_reply(offset, output);
}

void RespClient::give_up() noexcept {
  Whereabouts expected = Whereabouts::elsewhere;
  whereabouts_.compare_exchange_strong(expected, Whereabouts::left);
  wait_state_.store(WaitState::none, std::memory_order_release);
  waiting_.reset();
}

bool RespClient::unblock(Unblocked how) {
  WaitState expected = WaitState::waiting;
  const WaitState wanted =
      how == Unblocked::with_error ? WaitState::with_error : WaitState::as_after_timeout;
  if (!wait_state_.compare_exchange_strong(expected, wanted)) return false;
  wire_.wake();
  return true;
}

}  // namespace quartz::server
