#include "server/transport/connection.hpp"

#include <array>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>

#include "server/transport/io_threads.hpp"

namespace quartz::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(kUseTask);

// How long, and how much, an ending connection goes on to read what nobody wants any more.
constexpr std::chrono::milliseconds kGoodbyeTimeout{1000};
constexpr std::size_t kGoodbyeBytesMax = std::size_t{4} << 20;

std::string text_of(const asio::ip::tcp::endpoint& endpoint, error_code error) {
  if (error) return "unknown";  // Gone already.
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

std::variant<Connection::Socket, Connection::TlsStream> stream_of(Connection::Socket socket,
                                                                  asio::ssl::context* tls) {
  using Stream = std::variant<Connection::Socket, Connection::TlsStream>;
  if (tls == nullptr) return Stream(std::in_place_type<Connection::Socket>, std::move(socket));
  return Stream(std::in_place_type<Connection::TlsStream>, std::move(socket), *tls);
}

}  // namespace

Connection::Connection(IoThread& thread, Socket socket, std::shared_ptr<asio::ssl::context> tls,
                       ConnectionLimit::Place place, TransportCounters& counters)
    : thread_(thread),
      place_(std::move(place)),
      counters_(counters),
      tls_(std::move(tls)),
      stream_(stream_of(std::move(socket), tls_.get())) {
  error_code ignored;  // What fails here fails at the first read, too.
  static_cast<void>(this->socket().set_option(asio::ip::tcp::no_delay(true), ignored));
  static_cast<void>(this->socket().non_blocking(true, ignored));
  error_code error;
  const auto remote = this->socket().remote_endpoint(error);
  remote_ = text_of(remote, error);
  const auto local = this->socket().local_endpoint(error);
  local_ = text_of(local, error);
  thread_.connections.add(*this);
  counters_.open.fetch_add(1, std::memory_order_relaxed);
}

Connection::~Connection() {
  counters_.open.fetch_sub(1, std::memory_order_relaxed);
  thread_.connections.remove(*this);
}

asio::io_context::executor_type Connection::executor() { return thread_.context.get_executor(); }

Connection::Socket& Connection::socket() noexcept {
  if (auto* plain = std::get_if<Socket>(&stream_)) return *plain;
  return std::get_if<TlsStream>(&stream_)->next_layer();
}

error_code Connection::reason_of(error_code error) const noexcept {
  if (error == asio::error::operation_aborted && expired_) return asio::error::timed_out;
  // A peer that ends TLS without a word has ended all the same: lengths are part of what it sent.
  if (error == asio::ssl::error::stream_truncated) return asio::error::eof;
  return error;
}

Task<error_code> Connection::handshake() {
  auto* const tls = std::get_if<TlsStream>(&stream_);
  if (tls == nullptr) co_return error_code();
  is_welcome_or_goodbye_ = true;
  const auto [error] = co_await tls->async_handshake(asio::ssl::stream_base::server, kAwait);
  is_welcome_or_goodbye_ = false;
  co_return reason_of(error);
}

Task<Received> Connection::read_some(asio::mutable_buffer into, Awaited awaited) {
  if (expired_) co_return Received{asio::error::timed_out};
  awaits_request_ = awaited == Awaited::next_request;
  if (awaits_request_ && stopping_) co_return Received{asio::error::operation_aborted};
  Received received;
  if (auto* const plain = std::get_if<Socket>(&stream_)) {
    const auto [error, bytes] = co_await plain->async_read_some(into, kAwait);
    received = {reason_of(error), bytes};
  } else {
    auto& tls = *std::get_if<TlsStream>(&stream_);
    const auto [error, bytes] = co_await tls.async_read_some(into, kAwait);
    received = {reason_of(error), bytes};
  }
  awaits_request_ = false;
  counters_.received_bytes.add(received.bytes);
  co_return received;
}

Sent Connection::write_at_once(std::string_view bytes) {
  if (expired_) return {asio::error::timed_out};
  auto* const plain = std::get_if<Socket>(&stream_);
  if (plain == nullptr) return {};
  Sent sent;
  sent.bytes = plain->write_some(asio::buffer(bytes), sent.error);
  if (sent.error == asio::error::would_block) sent.error = {};
  counters_.sent_bytes.add(sent.bytes);
  return sent;
}

Task<error_code> Connection::write(asio::const_buffer bytes) {
  if (expired_) co_return asio::error::timed_out;
  if (auto* const plain = std::get_if<Socket>(&stream_)) {
    // Most responses fit into the socket's buffer, and then no trip through the event loop is due.
    const Sent sent = write_at_once({static_cast<const char*>(bytes.data()), bytes.size()});
    if (sent.error) co_return sent.error;
    bytes += sent.bytes;
    if (bytes.size() == 0) co_return error_code();
    writes_ = true;
    const auto [failure, written] = co_await asio::async_write(*plain, bytes, kAwait);
    writes_ = false;
    counters_.sent_bytes.add(written);
    co_return reason_of(failure);
  }
  auto& tls = *std::get_if<TlsStream>(&stream_);
  writes_ = true;
  const auto [failure, written] = co_await asio::async_write(tls, bytes, kAwait);
  writes_ = false;
  counters_.sent_bytes.add(written);
  co_return reason_of(failure);
}

void Connection::set_deadline(Clock::time_point deadline) noexcept {
  deadline_ = deadline;
  expired_ = false;
}

void Connection::drain() {
  if (std::exchange(stopping_, true)) return;
  error_code ignored;
  if (awaits_request_) static_cast<void>(socket().cancel(ignored));
  if (told_) std::exchange(told_, nullptr)();
}

void Connection::expire() {
  deadline_ = kNever;
  expired_ = true;
  // One who asks for nothing more, or does not say goodbye, owes nothing.
  if (writes_ || !(awaits_request_ || is_welcome_or_goodbye_)) {
    counters_.deadlines_missed.fetch_add(1, std::memory_order_relaxed);
  }
  error_code ignored;
  static_cast<void>(socket().cancel(ignored));
}

Task<> Connection::close_gently() {
  is_welcome_or_goodbye_ = true;
  set_deadline(Clock::now() + kGoodbyeTimeout);
  bool is_mutual = false;
  if (auto* const tls = std::get_if<TlsStream>(&stream_)) {
    // Says goodbye, then waits for the peer's, and fails if the peer is still sending something
    // else.
    const auto [error] = co_await tls->async_shutdown(kAwait);
    is_mutual = !error;
  }
  if (!is_mutual) co_await drop_the_rest();
  close();
}

// A socket that is closed with unread bytes resets the connection, and the peer may lose the
// response that tells it why. Of what is encrypted nobody needs to know what it was.
Task<> Connection::drop_the_rest() {
  error_code error;
  static_cast<void>(socket().shutdown(Socket::shutdown_send, error));
  std::array<char, 4096> dropped;
  for (std::size_t total = 0; !error && !expired_ && total < kGoodbyeBytesMax;) {
    const auto [failure, bytes] = co_await socket().async_read_some(asio::buffer(dropped), kAwait);
    error = failure;
    total += bytes;
    if (!encrypted()) counters_.received_bytes.add(bytes);
  }
}

void Connection::close() noexcept {
  error_code ignored;
  static_cast<void>(socket().close(ignored));
}

}  // namespace quartz::server
