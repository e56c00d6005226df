#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>

#include "client/local_stream.hpp"
#include "client/strand.hpp"
#include "quartz/client/client_config.hpp"

namespace quartz::client {

/// A TCP connection, encrypted or not, or a session of a server in this process. All on the strand;
/// one read and one write at a time.
class Stream {
 public:
  using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Strand>;

  /// With a context it is encrypted by it.
  Stream(const Strand& strand, std::shared_ptr<boost::asio::ssl::context> tls);
  /// Of a server in this process; `open_session` connects it.
  struct Local {};
  Stream(const Strand& strand, Local local);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() = default;

  /// Not of a server in this process.
  Socket& socket() noexcept;
  bool encrypted() const noexcept { return std::holds_alternative<Encrypted>(stream_); }
  /// Once it is connected: what is written leaves at once, and the kernel notices if the peer has
  /// vanished.
  void configure(const KeepAliveConfig& keep_alive) noexcept;

  /// Once; false if the server has stopped. Needs a stream of a server in this process.
  bool open_session(LocalService& service) {
    return std::get_if<LocalStream>(&stream_)->connect(service);
  }

  /// `handler(error_code)`. The server has to prove that it is `host`. Needs an encrypted stream.
  template <class Handler>
  void async_handshake(const std::string& host, ServerProof proof, Handler handler) {
    name_server(host, proof);
    std::get_if<Encrypted>(&stream_)->async_handshake(boost::asio::ssl::stream_base::client,
                                                      std::move(handler));
  }
  /// Why the server's certificate is not believed; empty if that is not what went wrong.
  std::string reason_for_distrust();
  /// `handler(error_code, std::size_t)`.
  template <class Handler>
  void async_read_some(boost::asio::mutable_buffer into, Handler handler) {
    std::visit([&](auto& stream) { stream.async_read_some(into, std::move(handler)); }, stream_);
  }
  /// Writes what the kernel takes at once, and tells how much; nothing if that cannot be known.
  std::size_t write_some(std::string_view bytes, boost::system::error_code& error);
  /// All of it: `handler(error_code, std::size_t)`. A server in this process has taken everything
  /// at once.
  template <class Handler>
  void async_write(std::string_view bytes, Handler handler) {
    std::visit(
        [&](auto& stream) {
          if constexpr (!std::is_same_v<decltype(stream), LocalStream&>) {
            boost::asio::async_write(stream, boost::asio::buffer(bytes), std::move(handler));
          }
        },
        stream_);
  }

  /// Operations under way fail.
  void close();

 private:
  using Encrypted = boost::asio::ssl::stream<Socket>;

  void name_server(const std::string& host, ServerProof proof);

  std::shared_ptr<boost::asio::ssl::context> tls_;
  std::variant<Socket, Encrypted, LocalStream> stream_;
};

}  // namespace quartz::client
