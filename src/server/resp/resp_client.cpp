#include "server/resp/resp_client.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "protocol/resp_key_scout.hpp"
#include "server/resp/command_table.hpp"
#include "server/resp/once.hpp"
#include "server/resp/single_call.hpp"
#include "server/resp/traced_words.hpp"
#include "server/resp/words.hpp"
#include "storage/engine.hpp"

namespace quartz::server {
namespace {

/// Replies are sent before more requests are answered, so that a client that does not read them
/// costs no more memory than this and one reply.
constexpr std::size_t kOutputBytesMax = std::size_t{1} << 20;

/// Of so many requests that were sent together the keys are looked for at a time.
constexpr std::size_t kScoutedMax = 16;

std::string unknown_command(Words arguments) {
  std::string quoted;
  for (std::size_t i = 1; i < arguments.size() && quoted.size() < kQuotedBytesMax; ++i) {
    quoted += fmt::format("'{}' ", arguments[i].substr(0, kQuotedBytesMax - quoted.size()));
  }
  return fmt::format("ERR unknown command '{}', with args beginning with: {}",
                     arguments[0].substr(0, kQuotedBytesMax), quoted);
}

std::string unknown_subcommand(Words arguments) {
  std::string name(arguments[0]);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return fmt::format("ERR unknown subcommand '{}'. Try {} HELP.",
                     arguments[1].substr(0, kQuotedBytesMax), name);
}

std::string no_argument_count(std::string_view command) {
  return fmt::format("ERR wrong number of arguments for '{}' command", command);
}

}  // namespace

RespClient::RespClient(RespServer& server, ClientDescription who, ClientWire wire)
    : server_(server),
      id_(server.next_client_id()),
      wire_(std::move(wire)),
      burst_(server, *this),
      database_(server.service().databases().find(0)),
      description_(std::move(who)) {
  if (server_.buffers() != nullptr) transaction_share_.emplace(*server_.buffers());
  MutexLock lock(mutex_);
  description_.id = id_;
  description_.connected_at = std::chrono::steady_clock::now();
  active_at_.store(steady_nanoseconds(), std::memory_order_relaxed);
}

RespClient::~RespClient() {
  stop_monitoring();
  server_.remove(id_);
}

std::size_t RespClient::receive(std::string_view input, std::string& output) {
  std::size_t consumed = 0;
  more_ = false;
  const Turn turn(turns_);
  lap_began_ = steady_nanoseconds();
  active_at_.store(lap_began_, std::memory_order_relaxed);
  renew_access();
  std::size_t scouted = 0;  // Requests to come whose keys are on their way.
  while (!closing() && !waiting()) {
    const auto progress = parser_.advance(input.substr(consumed));
    if (progress == protocol::RespRequestParser::Progress::incomplete) break;
    if (progress == protocol::RespRequestParser::Progress::refused) {
      finish_burst(output);
      refuse(fmt::format("ERR {}", parser_.refusal()), output);
      close_after_reply();
      break;
    }
    const TracedWords traced = traced_words(parser_.arguments());
    if (server_.pauses().any() && wire_.wake && !traced.words.empty() && hold(traced.words)) {
      break;
    }
    const bool inline_words = !input.substr(consumed).starts_with('*');
    consumed += parser_.consumed();
    if (scouted == 0 && consumed < input.size()) scouted = scout(input.substr(consumed));
    if (scouted > 0) --scouted;
    trace_id_ = traced.trace_id;
    if (!traced.words.empty()) answer(traced.words, output);
    // The words of a line do not lie in the input; they go with the next request.
    if (inline_words || burst_.full()) finish_burst(output);
    // Replies of commands that may run again would take with them what stands behind.
    if (burst_.empty()) append_pending(output);
    if (output.size() >= kOutputBytesMax) {
      more_ = true;
      break;
    }
  }
  finish_burst(output);
  append_pending(output);
  return consumed;
}

// Requests that were sent together wait for memory together: what the next ones will ask for comes
// near while this one is answered. How many they are.
std::size_t RespClient::scout(std::string_view input) const {
  protocol::RespKeyScout scout(input);
  std::array<std::string_view, kScoutedMax> keys;
  std::size_t count = 0;
  while (count < keys.size()) {
    const auto key = scout.next();
    if (!key) break;
    keys[count++] = *key;
  }
  server_.service().engine().engine().prefetch(database_->rows.state(),
                                               std::span(keys).first(count));
  // Where nothing was found, nobody looks again for a while.
  return count == 0 ? kScoutedMax : count;
}

// One look at the clock for each command: each lap is from the end of the command before, so that
// taking a request apart belongs to it as well.
std::uint64_t RespClient::lap() noexcept {
  const std::uint64_t now = steady_nanoseconds();
  return now - std::exchange(lap_began_, now);
}

void RespClient::note_call(const Command& command, Words arguments) {
  server_.note_call(*this, command, arguments, lap());
}

void RespClient::finish_burst(std::string& output) {
  if (burst_.empty()) return;
  burst_.finish(output);
  const std::uint64_t took = lap();
  if (unsynced_) {
    unsynced_commits_ += took;
  } else {
    server_.note_commit(took);
  }
}

// The sync is a part of the commits that waited for it.
void RespClient::note_synced() {
  unsynced_ = false;
  server_.note_commit(std::exchange(unsynced_commits_, 0) + lap());
}

// Between MULTI and EXEC it spoils the transaction. An EXEC that is refused ends it, so that the
// connection is not left with one that the client believes is over.
void RespClient::refuse(std::string_view why, std::string& output, const Command* command) {
  if (queue_) queue_refused_ = true;
  std::string aborted;
  if (command != nullptr && command->name == "exec") {
    static_cast<void>(end_multi());
    unwatch();
    constexpr std::string_view kPlain = "ERR ";
    aborted = fmt::format("EXECABORT Transaction discarded because of: {}",
                          why.substr(why.starts_with(kPlain) ? kPlain.size() : 0));
    why = aborted;
  }
  const std::size_t offset = output.size();
  protocol::RespReplyWriter(output, version()).error(why);
  server_.statistics().rejected(command, std::string_view(output).substr(offset));
}

const Command* RespClient::admit(Words arguments, std::string& output) {
  const CommandTable& table = CommandTable::all();
  const Command* const command = table.find(arguments);
  if (!within_rate()) {
    refuse(kRateLimitExceeded, output, command);
    return nullptr;
  }
  if (command == nullptr) {
    const bool known = arguments.size() > 1 && table.find(arguments[0]) != nullptr;
    refuse(known ? unknown_subcommand(arguments) : unknown_command(arguments), output);
    return nullptr;
  }
  if (!command->accepts(arguments.size())) {
    refuse(no_argument_count(command->name), output, command);
    return nullptr;
  }
  if (!permits(*command, arguments, output)) return nullptr;
  if (command->is(CommandFlag::carries)) {
    if (const auto refusal = refusal_of_carried(arguments)) {
      refuse(*refusal, output, command);
      return nullptr;
    }
  }
  if (server_.pauses().any() && !wire_.wake && pause_of(arguments)) {
    refuse("BUSY Commands are held back by CLIENT PAUSE", output, command);
    return nullptr;
  }
  if (queue_ && command->is(CommandFlag::no_multi)) {
    refuse("ERR Command not allowed inside a transaction", output, command);
    return nullptr;
  }
  if (listens() && version() == protocol::RespVersion::resp2 &&
      !command->is(CommandFlag::in_subscription)) {
    refuse(fmt::format("ERR Can't execute '{}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / "
                       "PING / QUIT / RESET are allowed in this context",
                       command->name),
           output, command);
    return nullptr;
  }
  return command;
}

void RespClient::answer(Words arguments, std::string& output) {
  const std::size_t offset = output.size();
  server_.count_command();
  const Command* const command = admit(arguments, output);
  if (command != nullptr) {
    last_command_.store(command, std::memory_order_relaxed);
    if (queue_ && !command->is(CommandFlag::in_multi)) {
      queue(*command, arguments, output);
    } else if (command->is(CommandFlag::immediate)) {
      finish_burst(output);
      run_immediately(*command, arguments, output);
      if (waiting()) return;
      note_call(*command, arguments);
      if (!queue_ && !command->name.starts_with("client|")) caching_.reset();
      return;
    } else if (command->is(CommandFlag::blocking)) {
      finish_burst(output);
      run_blocking(*command, arguments, output);
      if (waiting()) return;
    } else if (command->is(CommandFlag::lengthy)) {
      finish_burst(output);
      run_lengthy(*command, arguments, output);
      if (waiting()) return;
    } else {
      run_in_burst(*command, arguments, output);
    }
    if (!queue_) caching_.reset();
  }
  drop_unwanted_reply(offset, output);
}

void RespClient::drop_unwanted_reply(std::size_t offset, std::string& output) {
  if (replies_ == Replies::on) return;
  finish_burst(output);
  output.resize(offset);
  if (replies_ == Replies::skip_next) replies_ = Replies::on;
}

void RespClient::run_in_burst(const Command& command, Words arguments, std::string& output) {
  // Whoever tracks is told of each write of its own behind the reply to it.
  const bool alone = tracking_.on && command.is(CommandFlag::write);
  if (alone) finish_burst(output);
  remember_keys(command, arguments);
  burst_.run(command, arguments, output);
  note_call(command, arguments);
  if (alone) finish_burst(output);
}

void RespClient::count_failure(const Command& command, std::string_view output,
                               std::size_t offset) {
  server_.statistics().failed(command, output.substr(offset));
}

void RespClient::run_immediately(const Command& command, Words arguments, std::string& output) {
  const std::size_t offset = output.size();
  const Replies before = replies_;
  bool too_long = false;
  const bool ran =
      run_outside(command, arguments, may_leave_thread() ? &too_long : nullptr, output);
  if (too_long) return begin_lengthy_run(command, arguments);
  if (!ran) count_failure(command, output, offset);
  drop_reply_unwanted_before(before, offset, output);
}

// A command that commits by itself what it writes, if anything. False if it has failed.
bool RespClient::run_outside(const Command& command, Words arguments, bool* too_long,
                             std::string& output) {
  SingleCall single(server_, *this, arguments, output);
  single.call().too_long = too_long;
  return run_command(command, single.call(), output);
}

// For a command that may change whether there are replies: what held before it counts.
void RespClient::drop_reply_unwanted_before(Replies before, std::size_t offset,
                                            std::string& output) {
  const bool skipped = before == Replies::off || before == Replies::skip_next;
  if (skipped && replies_ == Replies::off) output.resize(offset);
  if (skipped && replies_ == Replies::skip_next) {
    output.resize(offset);
    replies_ = Replies::on;
  }
  if (replies_ == Replies::skip_this) replies_ = Replies::skip_next;
}

// A sync for each commit would stop everybody on this thread for as long as a disk takes; one
// before the replies is shared by all commands of a pipeline and by all clients that wait for
// theirs.
Result<void> RespClient::commit(Transaction& transaction) {
  QUARTZ_TRY(server_.service().commit(transaction, this, commit_options()));
  if (syncs_later() && !transaction.writes().empty()) {
    const bool here = whereabouts_.load(std::memory_order_acquire) == Whereabouts::here;
    (here ? unsynced_ : wrote_elsewhere_) = true;
  }
  return {};
}

WriteOptions RespClient::commit_options() const noexcept {
  return {.durability = syncs_later() ? Durability::process : server_.durability()};
}

void RespClient::select(const Database& database) {
  database_ = &database;
  MutexLock lock(mutex_);
  description_.database = database.number;
}

void RespClient::set_version(protocol::RespVersion version) {
  version_.store(version, std::memory_order_relaxed);
  MutexLock lock(mutex_);
  description_.version = version;
}

void RespClient::set_name(std::string_view name) {
  MutexLock lock(mutex_);
  description_.name = name;
}

void RespClient::set_library(std::optional<std::string_view> name,
                             std::optional<std::string_view> version) {
  MutexLock lock(mutex_);
  if (name) description_.driver_name = *name;
  if (version) description_.driver_version = *version;
}

ClientDescription RespClient::description() const {
  MutexLock lock(mutex_);
  ClientDescription description = description_;
  const std::chrono::nanoseconds active_at(active_at_.load(std::memory_order_relaxed));
  description.active_at = std::chrono::steady_clock::time_point(active_at);
  const Command* const command = last_command_.load(std::memory_order_relaxed);
  if (command != nullptr) description.last_command = command->name;
  const std::int64_t queued = queued_count_.load(std::memory_order_relaxed);
  if (queued >= 0) description.queued = static_cast<std::size_t>(queued);
  description.waiting = wait_state_.load(std::memory_order_relaxed) != WaitState::none;
  return description;
}

void RespClient::kill() {
  close_after_reply();
  if (wire_.close) wire_.close();
}

void RespClient::monitor() {
  if (!std::exchange(monitoring_, true)) server_.add_monitor(shared_from_this());
}

void RespClient::stop_monitoring() {
  if (std::exchange(monitoring_, false)) server_.remove_monitor(*this);
}

Result<void> RespClient::reset() {
  static_cast<void>(end_multi());
  unwatch();
  unsubscribe_all();
  stop_monitoring();
  if (tracking_.on) track({});
  log_out();
  QUARTZ_ASSIGN(const Database* const first, server_.service().databases().select(0));
  select(*first);
  set_version(protocol::RespVersion::resp2);
  set_name({});
  replies_ = Replies::on;
  return {};
}

}  // namespace quartz::server
