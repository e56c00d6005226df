#include "client/stream.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace quartz::client {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A kernel that does not know an option does without.
void set_option(int descriptor, int level, int name,
                std::chrono::milliseconds::rep value) noexcept {
  const auto number = static_cast<int>(
      std::min<std::chrono::milliseconds::rep>(value, std::numeric_limits<int>::max()));
  static_cast<void>(::setsockopt(descriptor, level, name, &number, sizeof(number)));
}

void probe_peer(int descriptor, const KeepAliveConfig& config) noexcept {
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, config.idle.count());
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, config.interval.count());
  set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, config.count);
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
  // While something that was sent is not acknowledged nothing is probed: it is sent again, for a
  // quarter of an hour.
  const std::chrono::milliseconds whole = config.idle + config.interval * config.count;
  set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, whole.count());
}

}  // namespace

Stream::Stream(const Strand& strand, std::shared_ptr<asio::ssl::context> tls)
    : tls_(std::move(tls)), stream_(std::in_place_type<Socket>, strand) {
  if (tls_) stream_.emplace<Encrypted>(strand, *tls_);
}

Stream::Stream(const Strand& strand, Local /*local*/)
    : stream_(std::in_place_type<LocalStream>, strand) {}

Stream::Socket& Stream::socket() noexcept {
  if (auto* const plain = std::get_if<Socket>(&stream_)) return *plain;
  return std::get_if<Encrypted>(&stream_)->next_layer();
}

void Stream::configure(const KeepAliveConfig& keep_alive) noexcept {
  error_code ignored;  // What fails here fails at the first read, too.
  static_cast<void>(socket().set_option(asio::ip::tcp::no_delay(true), ignored));
  static_cast<void>(socket().non_blocking(true, ignored));
  if (keep_alive.idle.count() != 0) probe_peer(socket().native_handle(), keep_alive);
}

void Stream::name_server(const std::string& host, ServerProof proof) {
  auto& stream = *std::get_if<Encrypted>(&stream_);
  error_code not_an_address;
  static_cast<void>(asio::ip::make_address(host, not_an_address));
  // Addresses are not told to the server: the extension has names only.
  if (not_an_address) {
    std::string name = host;
    ::SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
               name.data());
  }
  if (proof != ServerProof::host_name) return;
  error_code ignored;
  static_cast<void>(stream.set_verify_callback(asio::ssl::host_name_verification(host), ignored));
}

std::string Stream::reason_for_distrust() {
  auto* const stream = std::get_if<Encrypted>(&stream_);
  if (stream == nullptr) return {};
  const long result = ::SSL_get_verify_result(stream->native_handle());
  if (result == X509_V_OK) return {};
  // Of the callback that compares names, which has no words of its own.
  if (result == X509_V_ERR_UNSPECIFIED) return "the certificate is for another name";
  return ::X509_verify_cert_error_string(result);
}

std::size_t Stream::write_some(std::string_view bytes, error_code& error) {
  if (auto* const local = std::get_if<LocalStream>(&stream_)) {
    local->write(bytes);
    return bytes.size();
  }
  auto* const plain = std::get_if<Socket>(&stream_);
  if (plain == nullptr) return 0;
  const std::size_t written = plain->write_some(asio::buffer(bytes), error);
  if (error == asio::error::would_block) error.clear();
  return written;
}

void Stream::close() {
  if (auto* const local = std::get_if<LocalStream>(&stream_)) return local->close();
  error_code ignored;
  // A process that was forked from this one has the socket, too, and would keep the connection.
  static_cast<void>(socket().shutdown(Socket::shutdown_both, ignored));
  static_cast<void>(socket().close(ignored));
}

}  // namespace quartz::client
