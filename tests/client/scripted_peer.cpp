#include "client/scripted_peer.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

namespace quartz::client {

bool PeerConnection::fill() {
  std::array<char, 65536> part;
  while (true) {
    const ssize_t got = ::recv(descriptor_, part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    buffer_.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }
}

std::string PeerConnection::read_command() {
  // A request has the form of a reply that is an array.
  while (buffer_.empty() ||
         parser_.advance(buffer_) != protocol::RespReplyParser::Progress::complete) {
    if (!fill()) return {};
  }
  std::string command;
  for (const protocol::RespNode& node : parser_.nodes().subspan(1)) {
    if (!command.empty()) command += ' ';
    command += node.text;
  }
  buffer_.erase(0, parser_.consumed());
  return command;
}

bool PeerConnection::greet() {
  return read_command().starts_with("HELLO 3") && send("%1\r\n+server\r\n+scripted\r\n");
}

bool PeerConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void PeerConnection::answer_all(const std::function<std::string(const std::string&)>& answer) {
  for (std::string command = read_command(); !command.empty(); command = read_command()) {
    if (!send(answer(command))) return;
  }
}

void PeerConnection::swallow() {
  while (fill()) buffer_.clear();
}

void PeerConnection::reset() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close();
}

bool PeerConnection::vanish() {
  // What is to be acknowledged would be answered by a reset.
  for (int missing = 1; missing != 0 && ::ioctl(descriptor_, SIOCOUTQ, &missing) == 0;) {
    std::this_thread::yield();
  }
  const int repair = 1;
  if (::setsockopt(descriptor_, IPPROTO_TCP, TCP_REPAIR, &repair, sizeof(repair)) != 0)
    return false;
  close();
  return true;
}

void PeerConnection::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

ScriptedPeer::ScriptedPeer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::cerr << "cannot listen: errno " << errno << '\n';
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

void ScriptedPeer::accept_all() {
  while (true) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0 && errno == EINTR) continue;
    const MutexLock lock(mutex_);
    if (stopping_ || descriptor < 0) {
      if (descriptor >= 0) ::close(descriptor);
      return;
    }
    open_.push_back(descriptor);
    const std::size_t number = accepted_.fetch_add(1);
    talking_.emplace_back([this, descriptor, number] {
      PeerConnection connection(descriptor, number);
      script_(connection);
      const MutexLock closing(mutex_);
      std::erase(open_, descriptor);
      connection.close();
    });
  }
}

ScriptedPeer::~ScriptedPeer() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  std::vector<std::thread> talking;
  {
    const MutexLock lock(mutex_);
    talking.swap(talking_);
  }
  for (std::thread& thread : talking) thread.join();
  ::close(listener_);
}

}  // namespace quartz::client
