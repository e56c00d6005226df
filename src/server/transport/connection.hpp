#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/system/error_code.hpp>

#include "server/transport/connection_limit.hpp"
#include "server/transport/task.hpp"
#include "server/transport/transport_counters.hpp"

namespace quartz::server {

struct IoThread;

/// What a read brought. At the peer's end `error` is `boost::asio::error::eof`.
struct Received {
  boost::system::error_code error = {};
  std::size_t bytes = 0;
};

/// What a write that waits for nothing has taken.
struct Sent {
  boost::system::error_code error = {};
  std::size_t bytes = 0;
};

/// What a read waits for.
enum class Awaited : std::uint8_t {
  next_request,     ///< Nothing has begun: the server may stop meanwhile, which ends the read.
  rest_of_request,  ///< Something has begun and is let finish.
};

/// One accepted TCP connection, encrypted or not. It belongs to one io thread; all members are for
/// coroutines and handlers of its executor, where the last owner has to let it go, too. One read
/// and one write may be under way at a time.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                                  boost::asio::io_context::executor_type>;
  using TlsStream = boost::asio::ssl::stream<Socket>;
  static constexpr Clock::time_point kNever = Clock::time_point::max();

  /// Must be made on the thread's executor. The context, if there is one, encrypts: then
  /// `handshake` comes before all else.
  Connection(IoThread& thread, Socket socket, std::shared_ptr<boost::asio::ssl::context> tls,
             ConnectionLimit::Place place, TransportCounters& counters);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Task<boost::system::error_code> handshake();

  /// At least one byte, or an error: `operation_aborted` if the server stops while the next request
  /// is awaited, `timed_out` if the deadline passed.
  Task<Received> read_some(boost::asio::mutable_buffer into,
                           Awaited awaited = Awaited::next_request);
  /// All of `bytes`, or an error. Completes at once when the kernel has room.
  Task<boost::system::error_code> write(boost::asio::const_buffer bytes);
  Task<boost::system::error_code> write(std::string_view bytes) {
    return write(boost::asio::buffer(bytes));
  }

  /// As many of the first bytes as the kernel has room for at once: none if it has none, or if the
  /// connection is encrypted. Needs no deadline. Not beside another write.
  Sent write_at_once(std::string_view bytes);

  /// When the peer must have done what is waited for. An operation under way then, and each one
  /// after it until a new deadline is set, fails with `timed_out`. `kNever`, the default: no bound.
  void set_deadline(Clock::time_point deadline) noexcept;

  /// Whether the server is stopping: what has begun is to be finished, nothing new begun.
  bool stopping() const noexcept { return stopping_; }
  /// Calls `told` once when the server begins to stop, for sessions that wait for something else
  /// than a read.
  void when_stopping(std::function<void()> told) { told_ = std::move(told); }
  /// Calls `told` whenever users have changed, for sessions that go on without being asked again.
  void when_users_change(std::function<void()> told) { told_of_users_ = std::move(told); }

  /// "127.0.0.1:50123", "[::1]:50123".
  const std::string& remote_address() const noexcept { return remote_; }
  /// Of this side.
  const std::string& local_address() const noexcept { return local_; }
  bool encrypted() const noexcept { return std::holds_alternative<TlsStream>(stream_); }
  boost::asio::io_context::executor_type executor();
  IoThread& thread() noexcept { return thread_; }

  /// Ends it so that the peer gets everything that was written, although it may still be sending:
  /// says goodbye, then reads and drops for a little while. `close` in the end.
  Task<> close_gently();
  /// Ends it now; operations under way fail with `operation_aborted`.
  void close() noexcept;

 private:
  friend class ConnectionSet;

  Socket& socket() noexcept;
  /// The error of an operation that was cancelled tells why.
  boost::system::error_code reason_of(boost::system::error_code error) const noexcept;
  Task<> drop_the_rest();
  void drain();
  void expire();

  IoThread& thread_;
  ConnectionLimit::Place place_;
  TransportCounters& counters_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::variant<Socket, TlsStream> stream_;
  std::string remote_;
  std::string local_;
  Clock::time_point deadline_ = kNever;
  std::function<void()> told_;
  std::function<void()> told_of_users_;
  std::size_t index_ = 0;  // In the set of its thread.
  bool awaits_request_ = false;
  bool writes_ = false;
  bool is_welcome_or_goodbye_ = false;  // No request is under way, whoever is read from.
  bool stopping_ = false;
  bool expired_ = false;
};

}  // namespace quartz::server
