#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_completion_executor.hpp>

#include "client/connection.hpp"
#include "client/core.hpp"
#include "client/exchange.hpp"
#include "client/forks.hpp"
#include "client/pending.hpp"
#include "client/strand.hpp"
#include "client/timers.hpp"
#include "quartz/client/subscription.hpp"

namespace quartz::client {

/// What a subscription is made of: a connection of its own, which is made again when it ends, and
/// the events that its reader has not taken yet. On the strand, but what says otherwise. The core
/// keeps it until its subscription has gone; it may outlive the core from then on.
class Subscriber final : public std::enable_shared_from_this<Subscriber>,
                         public Core::Resident,
                         private Connection::Owner,
                         private Exchange::Waiter {
 public:
  /// Threads: any.
  Subscriber(Core& core, SubscriptionConfig config);
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;
  ~Subscriber() override;

  /// Once. The handler is told when the server has confirmed, and has the subscription from then
  /// on. Threads: any.
  void begin(const std::shared_ptr<Core>& core, const WaitOptions& options,
             Handler<Subscription> handler);
  /// Threads: any.
  void next(const WaitOptions& options, Handler<SubscriptionEvent> handler);
  /// Threads: any.
  void add(SubscriptionTopics topics, const WaitOptions& options, Handler<void> handler);
  /// Threads: any.
  void close();
  /// Whether a call from here must not wait. Threads: any.
  bool runs_in_this_thread() const noexcept { return strand_.running_in_this_thread(); }

  /// As of its core. Threads: any.
  bool is_of_another_process() const noexcept { return fork_generation_ != fork_generation(); }

  void client_closed(const ClientError& error) override;

 private:
  // Connection::Owner
  void opened(Connection& connection) override;
  void ended(Connection& connection, const ConnectionEnd& end) override;
  void pushed(Exchange::Reply push) override;
  // Exchange::Waiter
  void replied(Exchange::Reply reply) override;
  void failed(FailureKind /*kind*/) override {}  // The connection has ended.

  // What is to be listened to besides.
  struct Addition final : Exchange::Waiter {
    explicit Addition(Subscriber& owner) : of(owner) {}
    void replied(Exchange::Reply reply) override { of.addition_replied(reply); }
    void failed(FailureKind /*kind*/) override { sent = false; }

    Subscriber& of;
    SubscriptionTopics topics;
    Pending<void> caller;
    bool sent = false;  // And not answered.
    std::uint32_t refusals_left = 0;
    std::optional<ClientError> refusal;
  };

  void start();
  void connect();
  void confirmed();
  void keep(SubscriptionEvent event);
  void deliver();
  void read(Handler<SubscriptionEvent> handler, boost::asio::any_completion_executor where,
            std::uint64_t number, Timers::Clock::time_point deadline);
  void begin_addition(SubscriptionTopics topics, Handler<void> handler,
                      boost::asio::any_completion_executor where, std::uint64_t number,
                      Timers::Clock::time_point deadline);
  void send_addition();
  void addition_replied(Exchange::Reply reply);
  void end_addition(ClientResult<void> result);
  void addition_took_too_long();
  void give_up(std::uint64_t number);
  void start_took_too_long();
  void confirming_took_too_long();
  void read_took_too_long();
  std::string obstacle() const;
  void end(const ClientError& error);
  void leave() noexcept;

  Core& core_;  // While it keeps this.
  bool kept_ = false;
  const std::uint64_t fork_generation_ = fork_generation();
  const Strand strand_;
  const boost::asio::any_completion_executor executor_;
  const std::shared_ptr<Timers> timers_;
  SubscriptionConfig config_;
  const std::chrono::milliseconds request_timeout_;

  std::shared_ptr<Connection> connection_;  // Null: it is to be made, now or later.
  bool confirmed_ = false;                  // By the server, of this connection.
  bool begun_ = false;                      // By the server, of any connection.
  bool counted_ = false;                    // Among the open ones.
  std::uint32_t failures_ = 0;              // In a row.
  std::string last_end_;
  std::string lost_by_;  // What the reader is told once there is a new connection.
  std::optional<ClientError> end_;

  Pending<Subscription> starting_;
  Pending<SubscriptionEvent> reader_;
  Addition addition_{*this};
  std::atomic<std::uint64_t> operations_{0};
  std::deque<SubscriptionEvent> events_;  // For the reader.
  std::size_t event_bytes_ = 0;
  std::vector<Message> early_;  // What has come before the server has confirmed everything.
  std::size_t early_bytes_ = 0;

  MemberTimer<Subscriber> next_attempt_{*this, &Subscriber::connect};
  MemberTimer<Subscriber> start_deadline_{*this, &Subscriber::start_took_too_long};
  MemberTimer<Subscriber> confirm_deadline_{*this, &Subscriber::confirming_took_too_long};
  MemberTimer<Subscriber> addition_deadline_{*this, &Subscriber::addition_took_too_long};
  MemberTimer<Subscriber> read_deadline_{*this, &Subscriber::read_took_too_long};
};

}  // namespace quartz::client
