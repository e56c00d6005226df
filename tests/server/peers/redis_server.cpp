#include "server/peers/redis_server.hpp"

#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace quartz::server {
namespace {

// One that nobody listened on a moment ago.
std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::cerr << "no free port\n";
    std::abort();
  }
  ::close(descriptor);
  return ntohs(address.sin_port);
}

}  // namespace

RedisServer::RedisServer() {
  constexpr int kAttempts = 5;  // Somebody else may take the port first.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    port_ = free_port();
    process_ = std::make_unique<ChildProcess>(ChildProcess::Start{
        .words = {"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--save",
                  "", "--dir", scratch_.path().string(), "--enable-debug-command", "yes"},
        .variables = own_variables()});
    for (std::string line = process_->read_line(); !line.empty(); line = process_->read_line()) {
      if (line.find("Ready to accept connections") != std::string::npos) return;
    }
  }
  std::cerr << "redis-server does not start\n";
  std::abort();
}

}  // namespace quartz::server
