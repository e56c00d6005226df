#include "server/raw_client.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

namespace quartz::server {

std::string RawResponse::header(std::string_view name) const {
  for (const auto& [each, value] : headers) {
    if (each == name) return value;
  }
  return {};
}

RawClient::RawClient(std::uint16_t port) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience = {.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  // Pieces shall leave as they are sent.
  const int yes = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    std::cerr << "connect: errno " << errno << '\n';
    std::abort();
  }
}

RawClient::~RawClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

bool RawClient::fill() {
  std::array<char, 65536> part;
  while (true) {
    const ssize_t got = ::recv(descriptor_, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      ended_ = got == 0 || errno == ECONNRESET;
      return false;
    }
    buffer_.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }
}

std::string RawClient::receive_bytes(std::size_t count) {
  while (buffer_.size() < count && fill()) {
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, bytes.size());
  return bytes;
}

std::string RawClient::receive_rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

RawResponse RawClient::receive(bool head) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  const std::string text = receive_bytes(end + 4);
  RawResponse response;
  response.status = std::atoi(text.substr(9, 3).c_str());
  for (std::size_t line = text.find("\r\n") + 2; line < end;) {
    const std::size_t line_end = text.find("\r\n", line);
    const std::size_t colon = text.find(": ", line);
    response.headers.emplace_back(text.substr(line, colon - line),
                                  text.substr(colon + 2, line_end - colon - 2));
    line = line_end + 2;
  }
  if (!head) {
    response.body = receive_bytes(
        static_cast<std::size_t>(std::atoll(response.header("Content-Length").c_str())));
  }
  return response;
}

std::string request_text(std::string_view method, std::string_view target, std::string_view headers,
                         std::string_view body) {
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
  text.append(headers);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text.append("\r\n").append(body);
}

RawResponse fetch(std::uint16_t port, std::string_view method, std::string_view target,
                  std::string_view headers, std::string_view body) {
  RawClient client(port);
  client.send(request_text(method, target, headers, body));
  return client.receive(method == "HEAD");
}

}  // namespace quartz::server
