#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include "client/endpoint_url.hpp"
#include "client/exchange.hpp"
#include "client/near_cache.hpp"
#include "client/strand.hpp"
#include "client/stream.hpp"
#include "client/timers.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/client/client_error.hpp"

namespace quartz::client {

/// Why a connection has ended, or never was one.
struct ConnectionEnd {
  ClientErrc code = ClientErrc::unavailable;
  std::string reason = {};  ///< "127.0.0.1:7379: Connection refused".
};

/// One connection to a server, once: opened, greeted, shared by many requests, ended. Everything
/// before the greeting's answer has one deadline, and a connection on which nothing arrives is
/// asked whether it lives. All on the strand. What it refers to outlives its end; it may itself
/// outlive that, as long as something is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The server has answered the greeting: requests may be submitted.
    virtual void opened(Connection& connection) = 0;
    /// The last that is heard of it; requests that waited have failed before.
    virtual void ended(Connection& connection, const ConnectionEnd& end) = 0;
    /// What the server says unasked, if there is no near cache to hear it; it lives until this
    /// returns. On connections that requests share nothing is subscribed to.
    virtual void pushed(Exchange::Reply /*push*/) {}
  };

  /// Strand, endpoint and configuration are referred to. `tls`: none if the endpoint is not
  /// encrypted. `near_cache`: told by the server of what changes, unless null.
  Connection(const Strand& strand, std::shared_ptr<Timers> timers, const EndpointUrl& endpoint,
             const ClientConfig& config, std::shared_ptr<boost::asio::ssl::context> tls,
             NearCache* near_cache, Owner& owner);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Once. The owner hears of it later.
  void open();
  /// Ends it, unless it has ended. From within a reply that is being told, it ends behind it.
  void end(ConnectionEnd end);

  const EndpointUrl& endpoint() const noexcept { return endpoint_; }
  /// Whether the server takes QUARTZ.TRACE; false if nobody traces.
  bool knows_traces() const noexcept { return knows_traces_; }
  bool is_open() const noexcept { return state_ == State::open; }
  /// Why it has ended; empty before.
  const std::string& end_reason() const noexcept { return end_reason_; }
  /// As in Exchange; needs an open connection, or one that is being ended.
  void submit(std::string_view request, Exchange::Waiter& waiter, std::uint32_t replies = 1);
  void submit_unanswered(std::string_view request, Exchange::Waiter& waiter,
                         std::uint32_t commands);
  /// As in Exchange. The connection ends soon if too much is never answered.
  bool abandon(const Exchange::Waiter& waiter);
  std::size_t in_flight() const noexcept { return exchange_.in_flight(); }
  /// Behind what has arrived already nothing is read, so that the server has to wait, until reading
  /// goes on. Nor is it asked meanwhile whether it lives: its answer would not be heard.
  void pause_reading() noexcept { paused_ = true; }
  void resume_reading();
  /// The server may say nothing for long, until it is to be asked again whether it lives.
  void expect_silence(bool expected) noexcept { silence_expected_ = expected; }
  /// What tells the near cache of changes to what is read here; nobody if the server does not.
  NearCache::Feed feed() const noexcept { return feed_; }
  /// Something was answered that was sent at `sent_at`.
  void heard(Timers::Clock::time_point sent_at);

 private:
  using Resolver = boost::asio::ip::basic_resolver<boost::asio::ip::tcp, Strand>;
  using Error = boost::system::error_code;
  enum class State : std::uint8_t { opening, open, ended };

  // Answered by one of the connection's functions.
  class Answer : public Exchange::Waiter {
   public:
    Answer(Connection& connection, void (Connection::*call)(Exchange::Reply))
        : connection_(connection), call_(call) {}
    void replied(Exchange::Reply reply) override { (connection_.*call_)(reply); }
    void failed(FailureKind /*kind*/) override {}  // The connection has ended.

   private:
    Connection& connection_;
    void (Connection::* const call_)(Exchange::Reply);
  };

  void open_session();
  void resolve();
  void connect(const std::vector<boost::asio::ip::tcp::endpoint>& addresses);
  void connected(const Error& error);
  void distrust(const Error& failure);
  void greet();
  void greeted(Exchange::Reply reply);
  void tracking_answered(Exchange::Reply reply);
  void traces_answered(Exchange::Reply reply);
  void greeting_part_answered();
  void opened();
  void pushed(Exchange::Reply push);

  void read();
  void received(const Error& error, std::size_t bytes);
  void write_soon();
  void write();
  void written(const Error& error);

  void opening_took_too_long();
  void beat();
  void beat_answered(Exchange::Reply reply);

  void end_because(std::string_view reason);
  void end_now(const ConnectionEnd& end);

  const Strand& strand_;
  const std::shared_ptr<Timers> timers_;
  const EndpointUrl& endpoint_;
  const ClientConfig& config_;
  NearCache* const near_cache_;
  Owner& owner_;

  State state_ = State::opening;
  Resolver resolver_;
  Stream stream_;
  std::string greeting_;
  std::string phase_ = "looking up the name";  // What takes its time before it is open.
  std::vector<char> received_;
  Exchange exchange_;
  std::uint32_t greeting_parts_left_ = 0;
  bool knows_traces_ = false;
  bool paused_ = false;   // Nothing more is to be read.
  bool reading_ = false;  // A read is under way, or about to be.
  bool telling_ = false;  // The exchange is taking what was received.
  bool silence_expected_ = false;
  bool write_soon_ = false;  // A write was posted.
  bool too_much_unanswered_ = false;
  bool heard_ = false;      // Something has arrived since the last beat.
  bool beat_sent_ = false;  // And is not answered.
  Timers::Clock::time_point beat_sent_at_{};
  Timers::Clock::time_point greeting_sent_at_{};
  NearCache::Feed feed_{};
  std::optional<ConnectionEnd> ending_;
  std::string end_reason_;

  MemberTimer<Connection> opening_deadline_{*this, &Connection::opening_took_too_long};
  MemberTimer<Connection> next_beat_{*this, &Connection::beat};
  Answer greeting_answer_{*this, &Connection::greeted};
  Answer tracking_answer_{*this, &Connection::tracking_answered};
  Answer traces_answer_{*this, &Connection::traces_answered};
  Answer beat_answer_{*this, &Connection::beat_answered};
};

}  // namespace quartz::client
