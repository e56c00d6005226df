#include "server/transport/listener.hpp"

#include <exception>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/redirect_error.hpp>
#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// When the system has no descriptor left, it has one as soon as somebody leaves.
constexpr std::chrono::milliseconds kAcceptPause{50};

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return fmt::format(fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), address,
                     endpoint.port());
}

}  // namespace

Result<tcp::endpoint> endpoint_of(const ListenerConfig& config) {
  error_code error;
  const std::string& text = config.address == "localhost" ? "127.0.0.1" : config.address;
  const auto address = asio::ip::make_address(text, error);
  if (error) {
    return Error(Errc::invalid_argument,
                 fmt::format("\"{}\" is no IPv4 or IPv6 address", config.address));
  }
  return tcp::endpoint(address, config.port);
}

Listener::Listener(Protocol protocol, ListenerSurroundings surroundings)
    : protocol_(std::move(protocol)),
      around_(surroundings),
      acceptor_(around_.threads.at(0).context),
      pause_(around_.threads.at(0).context) {}

Result<std::unique_ptr<Listener>> Listener::bind(const ListenerConfig& config, Protocol protocol,
                                                 ListenerSurroundings surroundings) {
  QUARTZ_ASSIGN(const tcp::endpoint endpoint, endpoint_of(config));
  std::unique_ptr<Listener> listener(new Listener(std::move(protocol), surroundings));
  QUARTZ_TRY(listener->open(endpoint));
  return listener;
}

Result<void> Listener::open(const tcp::endpoint& endpoint) {
  error_code error;
  static_cast<void>(acceptor_.open(endpoint.protocol(), error));
  if (!error) static_cast<void>(acceptor_.set_option(tcp::acceptor::reuse_address(true), error));
  if (!error) static_cast<void>(acceptor_.bind(endpoint, error));
  if (!error) static_cast<void>(acceptor_.listen(asio::socket_base::max_listen_connections, error));
  const auto bound = error ? endpoint : acceptor_.local_endpoint(error);
  if (error) {
    return Error(error == asio::error::address_in_use ? Errc::busy : Errc::io_error,
                 fmt::format("cannot listen on {} for {}: {}", text_of(endpoint), protocol_.name,
                             error.message()));
  }
  address_ = text_of(bound);
  port_ = bound.port();
  return {};
}

void Listener::start() { asio::co_spawn(acceptor_.get_executor(), accept_all(), asio::detached); }

void Listener::close() noexcept {
  error_code ignored;
  static_cast<void>(acceptor_.close(ignored));
  pause_.cancel();
}

Task<> Listener::accept_all() {
  while (acceptor_.is_open()) {
    IoThread& thread = around_.threads.next();
    auto [error, socket] =
        co_await acceptor_.async_accept(thread.context, asio::as_tuple(kUseTask));
    if (!error) {
      admit(thread, std::move(socket));
    } else if (acceptor_.is_open()) {
      co_await wait_after(error);
    }
  }
}

Task<> Listener::wait_after(error_code error) {
  // Somebody who left before he was let in is no reason to wait.
  if (error == asio::error::connection_aborted) co_return;
  around_.log.warn("{}: cannot accept a connection: {}", protocol_.name, error.message());
  pause_.expires_after(kAcceptPause);
  co_await pause_.async_wait(asio::redirect_error(kUseTask, error));
}

void Listener::admit(IoThread& thread, Connection::Socket socket) {
  ConnectionLimit::Place place = around_.limit.try_take();
  if (!place) {
    around_.counters.refused.fetch_add(1, std::memory_order_relaxed);
    // As much as the kernel takes at once; who is refused is not waited for.
    error_code ignored;
    if (!around_.certificates.context()) {
      static_cast<void>(socket.non_blocking(true, ignored));
      socket.write_some(asio::buffer(protocol_.refusal), ignored);
    }
    return;
  }
  around_.counters.accepted.fetch_add(1, std::memory_order_relaxed);
  asio::co_spawn(thread.context, serve(thread, std::move(socket), std::move(place)),
                 [this](const std::exception_ptr& failure) {
                   if (!failure) return;
                   try {
                     std::rethrow_exception(failure);
                   } catch (const std::exception& error) {
                     around_.log.error("{}: a session ended with: {}", protocol_.name,
                                       error.what());
                   }
                 });
}

Task<> Listener::serve(IoThread& thread, Connection::Socket socket, ConnectionLimit::Place place) {
  const auto connection =
      std::make_shared<Connection>(thread, std::move(socket), around_.certificates.context(),
                                   std::move(place), around_.counters);
  if (connection->encrypted()) {
    connection->set_deadline(Connection::Clock::now() + around_.limits.get().tls_handshake_timeout);
    if (co_await connection->handshake()) {
      around_.counters.tls_handshakes_failed.fetch_add(1, std::memory_order_relaxed);
      co_return;
    }
    connection->set_deadline(Connection::kNever);
  }
  co_await protocol_.session(connection);
  connection->close();
}

}  // namespace quartz::server
