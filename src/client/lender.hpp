#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/any_completion_executor.hpp>

#include "client/connection.hpp"
#include "client/lent_connection.hpp"
#include "client/pending.hpp"
#include "client/timers.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/client/lease.hpp"
#include "quartz/client/wait_options.hpp"

namespace quartz::client {

class Core;

/// The connections that a client lends: made when somebody asks and none is idle, the one that was
/// used last first, in the order in which callers have come. All on the strand, but what says
/// otherwise.
class Lender final : private LentConnection::Observer {
 public:
  using Clock = Timers::Clock;

  /// The core outlives it.
  Lender(Core& core, const LeaseConfig& config);
  Lender(const Lender&) = delete;
  Lender& operator=(const Lender&) = delete;
  ~Lender() override;

  /// The handler is told once there is a connection. Threads: any.
  void begin(const std::shared_ptr<Core>& core, const WaitOptions& options, Handler<Lease> handler);
  void give_back(LentConnection& connection, std::uint64_t number);
  /// Fails all who wait, and ends all connections.
  void close(const ClientError& error);

 private:
  // Somebody who waits.
  struct Caller final : Timers::Entry {
    explicit Caller(Lender& owner) : lender(owner) {}
    void due() override { lender.waited_too_long(*this); }

    Lender& lender;
    std::uint64_t number = 0;
    Pending<Lease> pending;
  };
  using Callers = std::list<Caller>;

  void opened(LentConnection& connection) override;
  void ended(LentConnection& connection, const ConnectionEnd& end) override;

  void wait(Caller& caller, Clock::time_point deadline);
  std::optional<ClientError> refusal(Clock::time_point deadline) const;
  void give_up(std::uint64_t number);
  void waited_too_long(Caller& caller);
  void tell(Caller& caller, ClientResult<Lease> result);
  void fail_all(const ClientError& error);

  void serve();
  void open_missing();
  void open_one();
  void put_back(LentConnection& connection);
  void close_idle();
  void count() noexcept;

  Core& core_;
  const LeaseConfig config_;
  std::atomic<std::uint64_t> numbers_{0};  // Of callers.
  Callers waiting_;                        // The first has waited longest.
  std::vector<std::shared_ptr<LentConnection>> connections_;
  std::vector<LentConnection*> idle_;  // The last was used last.
  std::size_t opening_ = 0;
  std::uint32_t failures_ = 0;  // To connect, in a row.
  ConnectionEnd last_end_;
  bool closed_ = false;

  MemberTimer<Lender> next_attempt_{*this, &Lender::open_missing};
  MemberTimer<Lender> next_close_{*this, &Lender::close_idle};
};

}  // namespace quartz::client
