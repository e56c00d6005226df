#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"
#include "server/service/service.hpp"
#include "storage/engine.hpp"
#include "support/hand_clock.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz::server {

/// A request's bytes, each word as a bulk string.
inline std::string request_of(const std::vector<std::string>& words) {
  std::string bytes = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string& word : words) {
    bytes += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
  }
  return bytes;
}

/// A client without a socket: `EXPECT_EQ(peer.say("GET a"), "$1\r\n1\r\n")`.
class RespPeer {
 public:
  explicit RespPeer(RespServer& server, std::string address = "127.0.0.1:1") {
    ClientDescription who;
    who.address = std::move(address);
    client_ = std::make_shared<RespClient>(
        server, std::move(who),
        ClientWire{.push = [pushed = pushed_](std::string bytes) { *pushed += bytes; },
                   .close = [closed = closed_] { *closed = true; }});
    server.add(client_);
  }
  RespPeer(const RespPeer&) = delete;
  RespPeer& operator=(const RespPeer&) = delete;
  ~RespPeer() { client_->unsubscribe_all(); }

  /// The reply to a line: words between spaces, quoted where they hold one.
  std::string say(std::string_view line) { return send(std::string(line) + "\r\n"); }
  /// The reply to words of any bytes.
  std::string say_words(const std::vector<std::string>& words) { return send(request_of(words)); }
  /// The replies to bytes as they stand, of which the last may begin a request that is not whole.
  std::string send(std::string_view bytes) {
    input_ += bytes;
    std::string output;
    do {
      input_.erase(0, client_->receive(input_, output));
    } while (client_->more());
    return output;
  }

  /// What was sent without having been asked for, since the last call.
  std::string pushed() { return std::exchange(*pushed_, {}); }
  bool is_closed() const { return *closed_ || client_->closing(); }
  RespClient& client() { return *client_; }

 private:
  std::shared_ptr<std::string> pushed_ = std::make_shared<std::string>();
  std::shared_ptr<bool> closed_ = std::make_shared<bool>(false);
  std::shared_ptr<RespClient> client_;
  std::string input_;
};

/// A small engine whose clock the test moves, a server of it, and a client that talks to it.
class RespConversation : public testing::Test {
 protected:
  RespConversation() { open(); }

  /// Closes all and opens it again, as a restart does. Clients are new ones.
  void reopen() {
    close();
    open();
  }
  void close() {
    me_.reset();
    server_.reset();
    service_.reset();
    engine_.reset();
  }
  void open() {
    engine_.emplace(storage::Engine::open(scratch_ / "data", small_config(),
                                          io::posix_file_system(), time_.source())
                        .value());
    service_ = Service::open(*engine_).value();
    server_.emplace(*service_);
    me_.emplace(*server_);
  }

  std::string say(std::string_view line) { return me_->say(line); }
  std::string say_words(const std::vector<std::string>& words) { return me_->say_words(words); }

  StorageEngine& engine() { return *engine_; }
  Service& service() { return *service_; }
  RespServer& server() { return *server_; }
  RespPeer& me() { return *me_; }

  ScratchDirectory scratch_;
  HandClock time_;

 private:
  std::optional<StorageEngine> engine_;
  std::unique_ptr<Service> service_;
  std::optional<RespServer> server_;
  std::optional<RespPeer> me_;
};

}  // namespace quartz::server
