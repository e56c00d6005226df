#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/intrusive/list.hpp>

#include "client/completion.hpp"
#include "client/exchange.hpp"
#include "client/near_cache.hpp"
#include "client/retry_policy.hpp"
#include "client/timers.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/client_tracer.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/reply.hpp"

namespace quartz::client {

class Connection;
class Core;
class Endpoint;
class LentConnection;

/// One request of a caller, over all of its attempts: what is asked, who is told, and where it
/// stands. The core carries it out, and uses the object again for others, so that its memory serves
/// for long. All on the strand, from `Core::begin` until it is recycled.
class Request final : public Exchange::Waiter, public boost::intrusive::list_base_hook<> {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State : std::uint8_t {
    idle,              ///< Nobody's, or about to begin.
    waiting_turn,      ///< For others to end, because of the limits.
    waiting_endpoint,  ///< For a connection.
    waiting_fetch,     ///< For what another request reads for the near cache.
    sent,              ///< For an answer.
    sleeping,          ///< Between two attempts.
  };
  using AnyHandler =
      std::variant<std::monostate, Handler<void>, Handler<bool>, Handler<std::int64_t>,
                   Handler<std::optional<std::int64_t>>, Handler<double>,
                   Handler<std::optional<double>>, Handler<std::string>,
                   Handler<std::optional<std::string>>, Handler<std::vector<std::string>>,
                   Handler<std::vector<std::optional<std::string>>>, Handler<NamedValues>,
                   Handler<std::vector<ScoredMember>>, Handler<TimeToLive>, Handler<Reply>,
                   Handler<std::vector<Reply>>, Handler<std::optional<PoppedElement>>,
                   Handler<std::optional<PoppedMember>>>;

  explicit Request(Core& owner) : core(owner) {}

  // Exchange::Waiter
  void replied(Exchange::Reply reply) override;
  void failed(FailureKind kind) override;

  /// What is sent over that connection, which may be told of the trace. Once for each attempt.
  std::string_view text_for(const Connection& over);

  /// Tells the caller what the reply, no error, says. The request is recycled before.
  void succeed(Exchange::Reply reply);
  /// The same with what the near cache has; later, never from within.
  void succeed_later(std::optional<std::string_view> value);
  /// Tells the caller later, never from within.
  void fail(ClientError error);
  /// As before its first use, but for the memory it has.
  void reset() noexcept;
  /// Of that memory, what grows with what is asked.
  std::size_t kept_bytes() const noexcept {
    return text.capacity() + traced_text.capacity() + near_text.capacity();
  }
  void drop_memory() noexcept;

  // When the core is to be asked what becomes of it.
  struct Deadline : Timers::Entry {
    explicit Deadline(Request& request) : of(request) {}
    void due() override;
    Request& of;
  };
  struct Retry : Timers::Entry {
    explicit Retry(Request& request) : of(request) {}
    void due() override;
    Request& of;
  };
  // Sends it once more, and what comes of that.
  struct Hedge : Exchange::Waiter {
    explicit Hedge(Request& request) : of(request), timer(request) {}
    void replied(Exchange::Reply reply) override;
    void failed(FailureKind kind) override;

    struct Timer : Timers::Entry {
      explicit Timer(Request& request) : of(request) {}
      void due() override;
      Request& of;
    };
    Request& of;
    Timer timer;
    Endpoint* endpoint = nullptr;
    Connection* connection = nullptr;  // Not null: it is under way there.
    Clock::time_point sent_at{};
    // Of the two that were sent one has ended, and may have been carried out.
    bool one_is_unknown = false;
  };
  // What another one reads.
  struct FetchWait : NearCache::Waiter {
    explicit FetchWait(Request& request) : of(request) {}
    void fetched(std::optional<std::string_view> value) override;
    void failed() override;
    Request& of;
  };

  Core& core;
  // What is asked.
  std::string text;
  std::uint32_t replies = 1;
  bool idempotent = false;
  bool waits = false;   // The server may take its time, by what the command says.
  bool writes = false;  // It may change what the near cache has.
  /// In `text` or `near_text`: what is read through the near cache, if anything is.
  std::optional<std::string_view> near_key;
  NearCache::Subject near_subject = NearCache::Subject::value;
  std::string near_text;
  Clock::time_point begun_at{};
  Clock::time_point deadline = Clock::time_point::max();
  // Who is told, and where. `into` is what a string is put into, if not null.
  AnyHandler handler;
  boost::asio::any_completion_executor executor;
  std::string* into = nullptr;
  /// Uses of this object so far: whoever wants to cancel one must not hit another.
  std::uint64_t generation = 0;

  std::unique_ptr<ClientSpan> span;  // Null: nobody traces it.
  std::string traced_text;           // As it is sent to servers that are told.

  // Where it stands.
  State state = State::idle;
  bool admitted = false;  // Counted against the limits.
  std::uint32_t replies_missing = 0;
  std::string queue_error;  // The first of a batch's commands that was refused.
  Endpoint* endpoint = nullptr;
  Connection* connection = nullptr;  // Null while it is sent: the hedge alone is under way.
  /// What alone it may be sent over, by which lease; null: whatever requests share.
  std::shared_ptr<LentConnection> lent;
  std::uint64_t lease_number = 0;
  Clock::time_point sent_at{};
  std::optional<RetryPolicy> policy;  // Once an attempt has failed.
  Deadline deadline_timer{*this};
  Retry retry_timer{*this};
  Hedge hedge{*this};
  FetchWait fetch_wait{*this};
  NearCache::Fetch fetch;  // While it is sent, and is to fill the near cache.
};

using RequestList = boost::intrusive::list<Request>;

}  // namespace quartz::client
