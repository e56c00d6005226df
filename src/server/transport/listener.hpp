#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"
#include "server/transport/connection.hpp"
#include "server/transport/connection_limit.hpp"
#include "server/transport/current_limits.hpp"
#include "server/transport/io_threads.hpp"
#include "server/transport/server_log.hpp"
#include "server/transport/task.hpp"
#include "server/transport/tls_certificates.hpp"

namespace quartz::server {

/// Speaks a protocol with one connection until it ends. Runs on the connection's executor; when it
/// returns, the connection is closed.
using StartSession = std::function<Task<>(std::shared_ptr<Connection>)>;

/// What a listener needs of the server that it belongs to. All of it outlives the listener.
struct ListenerSurroundings {
  IoThreads& threads;
  ConnectionLimit& limit;
  TransportCounters& counters;  ///< Of this protocol.
  const TlsCertificates& certificates;
  const ServerLog& log;
  const CurrentLimits& limits;
};

/// One protocol's door: binds an address, accepts, and gives each connection to an io thread and a
/// session.
class Listener {
 public:
  struct Protocol {
    std::string name;  ///< "http": for the log.
    StartSession session;
    std::string refusal = {};  ///< Sent to those beyond the limit, unless encrypted.
  };

  /// Binds and listens; connections wait until `start`. `busy` if the address is in use,
  /// `invalid_argument` if it is none, `io_error` otherwise; each names it.
  static Result<std::unique_ptr<Listener>> bind(const ListenerConfig& config, Protocol protocol,
                                                ListenerSurroundings surroundings);

  /// Accepts from now on.
  void start();
  /// Accepts nobody any more. On the first io thread, or before `start`.
  void close() noexcept;

  std::uint16_t port() const noexcept { return port_; }
  /// "127.0.0.1:3000".
  const std::string& address() const noexcept { return address_; }

 private:
  Listener(Protocol protocol, ListenerSurroundings surroundings);
  Result<void> open(const boost::asio::ip::tcp::endpoint& endpoint);
  Task<> accept_all();
  Task<> wait_after(boost::system::error_code error);
  void admit(IoThread& thread, Connection::Socket socket);
  Task<> serve(IoThread& thread, Connection::Socket socket, ConnectionLimit::Place place);

  Protocol protocol_;
  ListenerSurroundings around_;
  boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>
      acceptor_;
  boost::asio::steady_timer pause_;
  std::string address_;
  std::uint16_t port_ = 0;
};

/// The endpoint that an option names; `invalid_argument` if its address is none.
Result<boost::asio::ip::tcp::endpoint> endpoint_of(const ListenerConfig& config);

}  // namespace quartz::server
