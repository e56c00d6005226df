// An application that serves the engine that it works with: other processes see its keys over HTTP
// and the protocol of Redis, and it sees theirs.
#include <chrono>
#include <filesystem>
#include <iostream>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "quartz/quartz.hpp"
#include "quartz/server/server.hpp"

namespace {

// What another process would do.
std::string send(std::uint16_t port, const std::string& request) {
  boost::asio::io_context context;
  boost::asio::ip::tcp::socket socket(context);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(request));
  std::string response;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(response), end);
  return response;
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("embedded_server_data").value();
  engine.put("greeting", "hello").value();

  quartz::ServerConfig config;
  config.http.port = 0;  // Any free one.
  config.resp.port = 0;
  auto server = quartz::Server::start(engine, config).value();
  std::cout << "http://127.0.0.1:" << *server.http_port() << "/docs\n";

  const std::string over_http =
      send(*server.http_port(),
           "GET /api/v1/kv/greeting HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  std::cout << over_http.substr(over_http.rfind('\n') + 1) << '\n';

  const std::string over_resp = send(*server.resp_port(), "SET answer 42\r\nQUIT\r\n");
  std::cout << over_resp;
  std::cout << "answer = " << engine.get("answer").value().value_or("(none)") << '\n';

  server.stop();  // Requests that have begun may finish.
  engine.close().value();
  const bool seen = over_http.ends_with("hello") && over_resp.starts_with("+OK");
  return seen ? 0 : 1;
}
