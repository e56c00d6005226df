#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.hpp"
#include "protocol/resp_reply.hpp"
#include "protocol/resp_request.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/read_set.hpp"
#include "server/auth/access_control.hpp"
#include "server/resp/command.hpp"
#include "server/resp/command_burst.hpp"
#include "server/resp/resp_server.hpp"
#include "server/service/key_waits.hpp"
#include "server/service/publications.hpp"
#include "server/transport/buffer_budget.hpp"

namespace quartz::server {

/// What a command is answered with that comes too soon; it was not run.
inline constexpr std::string_view kRateLimitExceeded = "ERR rate limit exceeded";

/// What others may know of a client.
struct ClientDescription {
  std::uint64_t id = 0;
  std::string address = {};
  std::string local_address = {};
  std::string name = {};
  std::string driver_name = {};
  std::string driver_version = {};
  std::string user = "default";
  std::chrono::steady_clock::time_point connected_at = {};
  std::chrono::steady_clock::time_point active_at = {};
  std::size_t database = 0;
  std::size_t channels = 0;
  std::size_t patterns = 0;
  std::size_t shard_channels = 0;
  std::optional<std::size_t> queued = {};  ///< Commands since MULTI.
  protocol::RespVersion version = protocol::RespVersion::resp2;
  std::string_view last_command = "NULL";  ///< Of those that were let through.
  bool waiting = false;                    ///< For a key.
  bool logged_in = false;                  ///< Otherwise `user` is nobody.
  std::int64_t redirect = -1;  ///< Who is told of its tracking: 0: itself; -1: it does not track.
};

/// Whether it listens to any channels.
inline bool listens(const ClientDescription& client) noexcept {
  return client.channels + client.patterns + client.shard_channels > 0;
}

/// How a client is reached otherwise than by replies. Called on any thread.
struct ClientWire {
  std::function<void(std::string bytes)> push;  ///< Sends behind what was written so far.
  std::function<void()> close;
  /// Lets `RespClient::resume` be called soon. Without it no command waits, nor leaves its thread.
  std::function<void()> wake = {};
};

/// One connection of the Redis protocol without its socket: requests in, replies out.
///
/// Threads: one at a time, but `description`, `take` and `kill`, which any may call.
class RespClient : public Subscriber, public std::enable_shared_from_this<RespClient> {
 public:
  RespClient(RespServer& server, ClientDescription who, ClientWire wire);
  ~RespClient() override;
  RespClient(const RespClient&) = delete;
  RespClient& operator=(const RespClient&) = delete;

  /// Answers the requests that `input` begins with; how many bytes that took. `more()` tells
  /// whether it stopped at the size of the output rather than at the end of the requests. The rest
  /// of the input is the beginning of the next one's.
  std::size_t receive(std::string_view input, std::string& output);
  bool more() const noexcept { return more_; }
  /// Bytes that the next request needs at least.
  std::size_t bytes_needed() const noexcept { return parser_.bytes_needed(); }
  /// The connection ends once the output is sent.
  bool closing() const noexcept { return closing_.load(std::memory_order_acquire); }

  /// A command waits for a key, for the end of a pause, or for another thread that runs it:
  /// `receive` takes nothing before that. Call `resume` when the wire was told to wake, and when
  /// the time has come.
  bool waiting() const noexcept { return waiting_.has_value() || held_until_.has_value(); }
  /// Whether it is that a command runs on another thread.
  bool runs_elsewhere() const noexcept { return waiting_ && waiting_->run; }
  /// When that is at the latest; needs `waiting()`.
  std::chrono::steady_clock::time_point waits_until() const noexcept {
    if (!waiting_) return *held_until_;
    return held_until_ ? std::min(waiting_->until, *held_until_) : waiting_->until;
  }
  /// Answers it, if there is an answer by now.
  void resume(std::chrono::steady_clock::time_point now, std::string& output);
  /// Nobody waits for the answer any more. What runs on another thread is done all the same, and
  /// all but `unsubscribe_all` belongs to that thread from now on.
  void give_up() noexcept;

  /// Users have changed: if it receives what others do, and is not let in any more, it is let go.
  /// While a command runs on another thread, that is found out when it is done.
  void users_changed();

  /// Something was written that has to survive power loss, and may not do so yet: before the
  /// replies are sent, sync the engine and call `note_synced`.
  bool unsynced() const noexcept { return unsynced_; }
  void note_synced();

  // For other clients.
  ClientDescription description() const;
  void take(const std::shared_ptr<const Publication>& publication) override;
  void kill();
  enum class Unblocked : std::uint8_t { as_after_timeout, with_error };
  /// Lets it wait no longer; false if it does not.
  bool unblock(Unblocked how);
  /// Lets a command that was held back look whether it still is.
  void wake_if_held();

  // For commands.
  /// Commits on this client's behalf, as durably as the server promises once it was synced.
  Result<void> commit(Transaction& transaction);
  std::uint64_t id() const noexcept { return id_; }
  RespServer& server() noexcept { return server_; }
  const Database& database() const noexcept { return *database_; }
  void select(const Database& database);
  protocol::RespVersion version() const noexcept {
    return version_.load(std::memory_order_relaxed);
  }
  void set_version(protocol::RespVersion version);
  void set_name(std::string_view name);
  void set_library(std::optional<std::string_view> name, std::optional<std::string_view> version);
  void close_after_reply() noexcept { closing_.store(true, std::memory_order_release); }
  enum class Replies : std::uint8_t { on, off, skip_this, skip_next };
  void set_replies(Replies replies) noexcept { replies_ = replies; }
  /// From now on it is told of every command.
  void monitor();
  /// Back to how it was when it connected.
  Result<void> reset();

  // Who it is.
  /// `invalid_argument` if it is nobody's secret, `busy` after too many of those.
  Result<void> log_in(std::string_view user, std::string_view secret);
  /// The same for whoever has been asked already.
  void take_identity(IdentityRef identity);
  /// Nobody asks it who it is, nor counts its requests. Before anything is received.
  void trust() noexcept { trusted_ = true; }
  /// Who asks it; null if nobody does.
  AccessControl* access() const noexcept { return trusted_ ? nullptr : server_.access(); }
  /// The next command was counted towards the rate already, with what has brought it.
  void note_paid() noexcept { paid_ = true; }
  /// The keys of its QUARTZ.ONCE are those of the header of a request of HTTP.
  void note_keys_of_header() noexcept { keys_of_header_ = true; }
  bool has_keys_of_header() const noexcept { return keys_of_header_; }
  /// Forgets who it is.
  void log_out();
  /// Whether it may do more than log in.
  bool has_access() const noexcept { return access() == nullptr || grants_ != nullptr; }
  /// Only with access.
  const Grants& grants() const noexcept;
  std::string_view user_name() const noexcept {
    return identity_ ? std::string_view(identity_->user) : "default";
  }

  /// Returns when no other client is in the midst of commands that it began before.
  void wait_for_others();
  /// What the command belongs to that is being run; empty: nobody traces it.
  const std::string& trace_id() const noexcept { return trace_id_; }
  /// Counts a call of a command that is over by now, and began when the one before it was over.
  void note_call(const Command& command, Words arguments);
  std::size_t scout(std::string_view input) const;
  /// Nanoseconds since then.
  std::uint64_t lap() noexcept;

  // Tracking.
  const TrackingOptions& tracking() const noexcept { return tracking_; }
  void track(TrackingOptions options);
  /// What CLIENT CACHING has said of the next command.
  std::optional<bool> caching() const noexcept { return caching_; }
  void set_caching(bool yes) noexcept { caching_ = yes; }
  /// Before a command reads them.
  void remember_keys(const Command& command, Words arguments);
  /// Sends what the client has not asked for: behind the reply to what it runs if `origin` is
  /// itself. Called on any thread otherwise.
  void tell(std::string bytes, const void* origin);

  // MULTI.
  using QueuedCommand = std::pair<const Command*, std::vector<std::string>>;
  bool in_multi() const noexcept { return queue_.has_value(); }
  void begin_multi();
  /// Ends it, and WATCH with it; what was queued, or nothing if a command was refused meanwhile.
  std::optional<std::vector<QueuedCommand>> end_multi();
  /// As before that, with what it answered: EXEC is going to run again elsewhere.
  void resume_multi(std::vector<QueuedCommand> queued);
  /// `invalid_argument` if all connections together hold too much. A key that is watched already
  /// stays so.
  Result<void> watch(const Database& database, std::string_view key);
  /// Forgets them, and what a queue took that has ended before.
  void unwatch();
  /// Makes `transaction` fail unless the watched keys stay what they were. `conflict` if they have
  /// changed already.
  Result<void> depend_on_watched(Transaction& transaction);

  // Subscriptions. How many there are of both kinds afterwards.
  std::size_t subscribe(std::string_view channel);
  std::size_t unsubscribe(std::string_view channel);
  std::size_t subscribe_pattern(std::string_view pattern);
  std::size_t unsubscribe_pattern(std::string_view pattern);
  const std::set<std::string, std::less<>>& channels() const noexcept { return channels_; }
  const std::set<std::string, std::less<>>& patterns() const noexcept { return patterns_; }
  /// How many there are of channels of the shard afterwards.
  std::size_t subscribe_shard(std::string_view channel);
  std::size_t unsubscribe_shard(std::string_view channel);
  const std::set<std::string, std::less<>>& shard_channels() const noexcept {
    return shard_channels_;
  }
  void unsubscribe_all();
  /// Whether there are any.
  bool listens() const noexcept { return subscription_count() + shard_channels_.size() > 0; }

 private:
  struct Watched {
    bool existed;
    ReadSet row;  // From the moment when it was watched.
  };

  /// What became of a command that ran alone.
  struct Outcome {
    bool failed = false;
    bool wrote = false;
  };
  /// A command on another thread.
  struct LengthyRun {
    const Command* command;
    std::vector<std::string> words;
    std::uint64_t began = 0;        ///< Of the steady clock, in nanoseconds.
    Replies replies = Replies::on;  ///< When it began.
    // May be read once it is done.
    std::string reply = {};
    Outcome outcome = {};
    std::atomic<bool> done{false};
  };

  struct Waiting {
    const Command* command;
    std::vector<std::string> words;
    std::chrono::steady_clock::time_point until;
    std::unique_ptr<KeyWaits::Place> place = {};
    std::shared_ptr<const LengthyRun> run = {};  ///< Not null: it is this that it waits for.
  };
  // While it lives, the client's commands take effect.
  class Turn {
   public:
    explicit Turn(std::atomic<std::uint64_t>& turns) noexcept : turns_(turns) {
      turns_.fetch_add(1);
    }
    ~Turn() { turns_.fetch_add(1, std::memory_order_release); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    std::atomic<std::uint64_t>& turns_;
  };
  enum class WaitState : std::uint8_t { none, waiting, as_after_timeout, with_error };

  void stop_monitoring();
  void answer(Words arguments, std::string& output);
  void queue(const Command& command, Words arguments, std::string& output);
  bool count_transaction(std::size_t bytes);
  void answer_waiting(std::chrono::steady_clock::time_point now, std::string& output);
  void finish_burst(std::string& output);
  bool changes_anything(const Command& command) const;
  std::optional<std::chrono::steady_clock::time_point> pause_of(Words arguments);
  bool hold(Words arguments);
  bool hold_waiting(std::chrono::steady_clock::time_point now);
  void release() noexcept;
  void drop_unwanted_reply(std::size_t offset, std::string& output);
  void drop_reply_unwanted_before(Replies before, std::size_t offset, std::string& output);
  void leave_channels();
  void run_blocking(const Command& command, Words arguments, std::string& output);
  bool try_to_answer(const Command& command, Words arguments, KeyWait& wait, std::string& output);
  void run_lengthy(const Command& command, Words arguments, std::string& output);
  bool may_leave_thread() const noexcept { return wire_.wake && server_.workers() != nullptr; }
  bool run_outside(const Command& command, Words arguments, bool* too_long, std::string& output);
  Outcome run_elsewhere(const Command& command, Words arguments, std::string& reply);
  void return_from_elsewhere();
  Outcome run_alone(const Command& command, Words arguments, const void* origin, bool* too_long,
                    std::string& output);
  void note_outcome(const Command& command, const Outcome& outcome, std::string_view reply);
  bool finish_lengthy_run(std::string& output);
  void begin_lengthy_run(const Command& command, Words arguments);
  const Command* admit(Words arguments, std::string& output);
  void refuse(std::string_view why, std::string& output, const Command* command = nullptr);
  bool syncs_later() const noexcept { return server_.durability() == Durability::disk; }
  WriteOptions commit_options() const noexcept;
  void run_in_burst(const Command& command, Words arguments, std::string& output);
  void count_failure(const Command& command, std::string_view output, std::size_t offset);
  void run_immediately(const Command& command, Words arguments, std::string& output);
  void renew_access();
  bool permits(const Command& command, Words arguments, std::string& output);
  bool within_rate();
  void append_pending(std::string& output);
  std::string host() const;
  void note_subscriptions();
  std::size_t subscription_count() const noexcept { return channels_.size() + patterns_.size(); }

  RespServer& server_;
  const std::uint64_t id_;
  const ClientWire wire_;
  protocol::RespRequestParser parser_;
  CommandBurst burst_;
  std::uint64_t lap_began_ = 0;              // Of the steady clock, in nanoseconds.
  std::atomic<std::uint64_t> active_at_{0};  // Likewise: when it last sent something.
  std::atomic<const Command*> last_command_{nullptr};
  std::uint64_t unsynced_commits_ = 0;  // How many nanoseconds those took that wait for a sync.
  bool more_ = false;
  bool unsynced_ = false;
  std::atomic<bool> closing_{false};
  std::atomic<protocol::RespVersion> version_{protocol::RespVersion::resp2};
  const Database* database_ = nullptr;
  Replies replies_ = Replies::on;
  bool monitoring_ = false;

  std::atomic<std::uint64_t> turns_{0};          // Odd while commands are run.
  std::atomic<std::uint64_t> lengthy_turns_{0};  // Likewise on another thread, if they write.
  // A command runs on another thread, to which all belongs that is not said to be for others; for
  // good if nobody waits for it any more.
  enum class Whereabouts : std::uint8_t { here, elsewhere, left };
  std::atomic<Whereabouts> whereabouts_{Whereabouts::here};
  bool wrote_elsewhere_ = false;
  std::atomic<bool> held_{false};  // For others: whether there is the following.
  std::optional<std::chrono::steady_clock::time_point> held_until_;
  std::optional<Waiting> waiting_;
  std::atomic<WaitState> wait_state_{WaitState::none};
  TrackingOptions tracking_;
  std::optional<bool> caching_;
  std::string trace_id_;
  std::string pending_;  // To be sent behind the reply.

  bool trusted_ = false;
  IdentityRef identity_;
  const Grants* grants_ = nullptr;  // Null: nothing but logging in.
  bool keys_of_header_ = false;
  bool paid_ = false;  // The next command is within the rate in any case.
  std::shared_ptr<TokenBucket> user_bucket_;
  std::shared_ptr<TokenBucket> address_bucket_;

  std::optional<std::vector<QueuedCommand>> queue_;
  bool queue_refused_ = false;
  std::atomic<std::int64_t> queued_count_{-1};  // Also while EXEC runs; -1: outside of MULTI.
  std::map<std::pair<const Database*, std::string>, Watched> watched_;
  std::size_t queued_bytes_ = 0;
  std::size_t watched_bytes_ = 0;
  std::optional<BufferShare> transaction_share_;  // Of both. None: they are not counted.

  std::set<std::string, std::less<>> channels_;
  std::set<std::string, std::less<>> patterns_;
  std::set<std::string, std::less<>> shard_channels_;

  mutable Mutex mutex_;
  ClientDescription description_ QUARTZ_GUARDED_BY(mutex_);
};

}  // namespace quartz::server
