#include "bench/server/beast_server.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/system/system_error.hpp>

namespace quartz::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kValueBytes = 100;
/// As in the library's own examples.
constexpr auto kTimeout = std::chrono::seconds(30);

http::response<http::string_body> answer_to(const http::request<http::string_body>& request) {
  http::response<http::string_body> response(http::status::ok, request.version());
  response.set(http::field::server, "beast");
  response.set(http::field::content_type, "application/octet-stream");
  response.keep_alive(request.keep_alive());
  response.body() = std::string(kValueBytes, 'x');
  response.prepare_payload();
  return response;
}

asio::awaitable<void> serve(boost::beast::tcp_stream stream) {
  stream.socket().set_option(tcp::no_delay(true));
  boost::beast::flat_buffer buffer;
  for (;;) {
    stream.expires_after(kTimeout);
    http::request<http::string_body> request;
    const auto [unread, read] = co_await http::async_read(stream, buffer, request, kAsTuple);
    if (unread) co_return;
    http::response<http::string_body> response = answer_to(request);
    const auto [unsent, sent] = co_await http::async_write(stream, response, kAsTuple);
    if (unsent || response.need_eof()) co_return;
  }
}

asio::awaitable<void> accept_from(tcp::acceptor& acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), serve(boost::beast::tcp_stream(std::move(socket))),
                   asio::detached);
  }
}

}  // namespace

Result<void> run_beast_server(std::uint16_t port) {
  try {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), port});
    asio::signal_set signals(context, SIGTERM, SIGINT);
    signals.async_wait([&context](const auto&, int) { context.stop(); });
    asio::co_spawn(context, accept_from(acceptor), asio::detached);
    context.run();
    return {};
  } catch (const boost::system::system_error& failure) {
    return Error(Errc::io_error, failure.what());
  }
}

}  // namespace quartz::bench
