#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {

/// A client that listens to the events of all keys of database 0.
class EventListeningPeer {
 public:
  explicit EventListeningPeer(RespServer& server) : peer_(server) {
    EXPECT_EQ(peer_.say("CONFIG SET notify-keyspace-events EA"), "+OK\r\n");
    EXPECT_NE(peer_.say("PSUBSCRIBE __keyevent@0__:*"), "");
  }

  /// What happened since the last call, as "lpush l".
  std::vector<std::string> heard() {
    constexpr std::string_view kPrefix = "__keyevent@0__:";
    std::vector<std::string> events;
    const std::string pushed = peer_.pushed();
    for (std::size_t at = pushed.find(kPrefix); at != std::string::npos;
         at = pushed.find(kPrefix, at)) {
      at += kPrefix.size();
      if (pushed.substr(at, 3) == "*\r\n") continue;  // The pattern, which each message repeats.
      const std::size_t end = pushed.find("\r\n", at);
      const std::size_t key = pushed.find("\r\n", end + 2) + 2;
      events.push_back(pushed.substr(at, end - at) + " " +
                       pushed.substr(key, pushed.find("\r\n", key) - key));
    }
    return events;
  }

 private:
  RespPeer peer_;
};

}  // namespace quartz::server
