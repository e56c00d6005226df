#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {

/// A client that is woken as a session is, but looks only when the test lets it.
class WaitingPeer {
 public:
  explicit WaitingPeer(RespServer& server)
      : client_(std::make_shared<RespClient>(
            server, ClientDescription(),
            ClientWire{.push = {}, .close = {}, .wake = [this] { ++wakes_; }})) {
    server.add(client_);
  }

  std::string say(std::string_view line) {
    input_ += line;
    input_ += "\r\n";
    return answers();
  }
  /// The reply that a wake brought; nothing if there was none.
  std::string after_wake() {
    if (std::exchange(wakes_, 0) == 0) return {};
    return after(std::chrono::steady_clock::now());
  }
  std::string after_timeout() { return after(client_->waits_until()); }
  bool waits() const { return client_->waiting(); }
  bool woken() const { return wakes_ != 0; }
  RespClient& client() { return *client_; }
  void disconnect() { client_.reset(); }

 private:
  std::string after(std::chrono::steady_clock::time_point now) {
    std::string output;
    client_->resume(now, output);
    return output + answers();
  }
  std::string answers() {
    std::string output;
    input_.erase(0, client_->receive(input_, output));
    return output;
  }

  int wakes_ = 0;
  std::string input_;
  std::shared_ptr<RespClient> client_;
};

/// Two clients that may wait, beside the one that never does.
class WaitingClients : public RespConversation {
 protected:
  WaitingPeer first_{server()};
  WaitingPeer second_{server()};
};

}  // namespace quartz::server
