#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace quartz::client {

/// A port of this machine where nobody listens, and nobody else can while this exists.
class ClosedPort {
 public:
  ClosedPort() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      std::cerr << "no free port\n";
      std::abort();
    }
    url_ = "quartz://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort() { ::close(descriptor_); }

  const std::string& url() const noexcept { return url_; }

 private:
  const int descriptor_;
  std::string url_;
};

}  // namespace quartz::client
