#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ssl/context.hpp>

#include "base/random.hpp"
#include "client/circuit_breaker.hpp"
#include "client/connection.hpp"
#include "client/endpoint_url.hpp"
#include "client/retry_budget.hpp"
#include "client/strand.hpp"
#include "client/timers.hpp"
#include "quartz/client/client_config.hpp"

namespace quartz::client {

/// One server and the connections to it, which are opened again when they end: after a random time
/// that grows with each failure, and not while the breaker is open; then a PING finds out whether
/// requests may pass again. All on the strand.
class Endpoint : public Connection::Owner {
 public:
  using Clock = std::chrono::steady_clock;

  class Observer {
   public:
    virtual ~Observer() = default;
    /// Requests may pass that could not, or there is less hope than there was.
    virtual void changed(Endpoint& endpoint) = 0;
    /// Of each connection: that it is open, after so long; or, in the end, that it was or was not.
    virtual void connected(Clock::duration after) = 0;
    virtual void disconnected(bool was_open) = 0;
  };

  /// All but the URL and the context are referred to. `near_cache`: as in Connection.
  Endpoint(const Strand& strand, std::shared_ptr<Timers> timers, const ClientConfig& config,
           Random& random, EndpointUrl url, std::shared_ptr<boost::asio::ssl::context> tls,
           NearCache* near_cache, Observer& observer);
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;
  ~Endpoint() override;

  /// Opens connections, unless that was begun before.
  void open();
  /// Ends all, for good. The observer hears nothing of it.
  void close();

  /// The open one with the fewest requests; null if there is none, or the breaker is not closed.
  Connection* connection() const noexcept;
  /// The same of all others than that one.
  Connection* connection_besides(const Connection& other) const noexcept;
  /// Whether something is under way that may end with a connection requests can use.
  bool is_hopeful() const noexcept;
  /// Why there is no connection to use.
  ConnectionEnd obstacle() const;

  /// One that requests do not share, not opened yet, and without a near cache.
  std::shared_ptr<Connection> connection_for(Connection::Owner& owner) const;

  /// Of requests: what they tell of the server.
  void answered(Clock::duration latency);
  void failed(Clock::time_point now);
  /// One was given up in favour of another, whose answer would have come after so long or longer.
  void outpaced(Clock::duration waited) noexcept;

  /// What a further request would wait for, roughly: smoothed latency times those before it.
  double cost() const noexcept;
  RetryBudget& budget() noexcept { return budget_; }
  const EndpointUrl& url() const noexcept { return url_; }

 private:
  // A place for a connection.
  struct Slot : Timers::Entry {
    explicit Slot(Endpoint& owner) : endpoint(owner) {}
    void due() override { endpoint.open_slot(*this); }

    Endpoint& endpoint;
    std::shared_ptr<Connection> connection;  // Null: it is to be opened, now or later.
    Clock::time_point opening_since{};
    bool open = false;
    std::uint32_t failures = 0;  // In a row.
  };
  // The PING that goes before requests.
  struct Probe : Timers::Entry, Exchange::Waiter {
    explicit Probe(Endpoint& owner) : endpoint(owner) {}
    void due() override { endpoint.probe_is_due(); }
    void replied(Exchange::Reply /*reply*/) override { endpoint.probe_ended(true); }
    void failed(FailureKind /*kind*/) override { endpoint.probe_ended(false); }

    Endpoint& endpoint;
    Connection* connection = nullptr;  // Not null: it is under way there.
  };

  void smooth(Clock::duration latency) noexcept;
  void opened(Connection& connection) override;
  void ended(Connection& connection, const ConnectionEnd& end) override;

  void open_slot(Slot& slot);
  void open_later(Slot& slot);
  void open_missing();
  Connection* least_busy(const Connection* besides = nullptr) const noexcept;
  void probe_is_due();
  void probe_ended(bool succeeded);
  void breaker_failed(Clock::time_point now);
  void breaker_answered();

  const Strand& strand_;
  const std::shared_ptr<Timers> timers_;
  const ClientConfig& config_;
  Random& random_;
  const EndpointUrl url_;
  const std::shared_ptr<boost::asio::ssl::context> tls_;
  NearCache* const near_cache_;
  Observer& observer_;

  CircuitBreaker breaker_;
  RetryBudget budget_;
  std::vector<std::unique_ptr<Slot>> slots_;
  Probe probe_{*this};
  ConnectionEnd last_end_;
  double latency_ns_ = 0;  // Smoothed; 0: unknown.
  bool begun_ = false;
  bool closed_ = false;
};

}  // namespace quartz::client
