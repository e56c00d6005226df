#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "client/connection.hpp"
#include "client/request.hpp"
#include "client/timers.hpp"

namespace quartz::client {

/// A connection that is lent to one caller after another, and what he has made of it. All on the
/// strand.
class LentConnection final : public std::enable_shared_from_this<LentConnection>,
                             private Connection::Owner,
                             private Exchange::Waiter {
 public:
  using Clock = Timers::Clock;

  /// Who lends it; outlives its end.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void opened(LentConnection& connection) = 0;
    /// The last that is heard of it.
    virtual void ended(LentConnection& connection, const ConnectionEnd& end) = 0;
  };

  explicit LentConnection(Observer& lender) : lender_(lender) {}
  LentConnection(const LentConnection&) = delete;
  LentConnection& operator=(const LentConnection&) = delete;
  ~LentConnection() override = default;

  /// Once. Opens `connection`, which was made for `owner()`. At its end it expires: it is lent no
  /// more from then on.
  void open(std::shared_ptr<Connection> connection, Clock::time_point expires);
  Connection::Owner& owner() noexcept { return *this; }
  Clock::time_point expires() const noexcept { return expires_; }
  /// Whether it was, also if it has ended.
  bool has_been_open() const noexcept { return has_been_open_; }
  bool is_open() const noexcept { return connection_ && connection_->is_open(); }

  /// The number that the lease is known by. Needs an open connection that is not lent.
  std::uint64_t lend() noexcept;
  bool has_been_lent() const noexcept { return number_ != 0; }
  bool is_lent_by(std::uint64_t number) const noexcept { return lent_ && number_ == number; }
  /// Whether it can be lent again, at once: nobody finds anything of the lease before.
  bool take_back();
  void end(ConnectionEnd end);
  /// The lender goes, before the connection has ended: nobody runs the strand any more.
  void forget() noexcept { connection_.reset(); }
  /// When it came back.
  Clock::time_point idle_since = {};

  /// For requests of the lease.
  Connection* connection() const noexcept { return connection_.get(); }
  /// Why there is none.
  const std::string& end_reason() const noexcept { return end_reason_; }
  void submit(Request& request);
  /// The request is not under way any more. `withdrawn`: it never was sent.
  void answered(const Request& request) noexcept;
  void withdrawn(const Request& request) noexcept;

 private:
  void note_changes(const Request& request);
  void opened(Connection& connection) override;
  void ended(Connection& connection, const ConnectionEnd& end) override;
  // Of UNWATCH.
  void replied(Exchange::Reply reply) override;
  void failed(FailureKind /*kind*/) override {}  // The connection has ended.

  Observer& lender_;
  std::shared_ptr<Connection> connection_;  // Null: it has ended.
  std::string end_reason_;
  Clock::time_point expires_{};
  std::uint64_t number_ = 0;
  bool has_been_open_ = false;
  bool lent_ = false;
  bool watching_ = false;    // Keys may be watched.
  bool unwatching_ = false;  // UNWATCH is under way.
  bool changed_ = false;     // It is not as others expect it.
  std::size_t waiting_ = 0;  // Requests under way for which the server may wait.
};

}  // namespace quartz::client
