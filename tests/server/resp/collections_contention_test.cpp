#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

using testing::StartsWith;

/// Several clients at a time, each on a thread of its own.
class CollectionsContention : public RespConversation {
 protected:
  template <class Work>
  void at_once(int clients, Work work) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(clients));
    for (int client = 0; client < clients; ++client) {
      threads.emplace_back([this, client, work] {
        RespPeer peer(server());
        work(peer, client);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
};

TEST_F(CollectionsContention, no_count_is_lost) {
  at_once(4, [](RespPeer& peer, int client) {
    for (int i = 0; i < 100; ++i) {
      EXPECT_THAT(peer.say("HINCRBY h n 1"), StartsWith(":"));
      EXPECT_EQ(peer.say("HSET h " + std::to_string(client * 100 + i) + " v"), ":1\r\n");
      EXPECT_THAT(peer.say("RPUSH l v"), StartsWith(":"));
      EXPECT_THAT(peer.say("LPUSH l v"), StartsWith(":"));
    }
  });
  EXPECT_EQ(say("HGET h n"), "$3\r\n400\r\n");
  EXPECT_EQ(say("HLEN h"), ":401\r\n");
  EXPECT_EQ(say("LLEN l"), ":800\r\n");
  EXPECT_THAT(say("HGETALL h"), StartsWith("*802\r\n"));
  EXPECT_THAT(say("LRANGE l 0 -1"), StartsWith("*800\r\n"));
}

TEST_F(CollectionsContention, every_member_is_popped_once) {
  for (int i = 0; i < 300; ++i) say("SADD s m" + std::to_string(i));
  std::vector<std::multiset<std::string>> popped(4);
  at_once(4, [&](RespPeer& peer, int client) {
    for (std::string reply = peer.say("SPOP s"); reply != "$-1\r\n"; reply = peer.say("SPOP s")) {
      ASSERT_THAT(reply, StartsWith("$"));
      popped[static_cast<std::size_t>(client)].insert(reply);
    }
  });
  std::set<std::string> different;
  std::size_t count = 0;
  for (const auto& members : popped) {
    different.insert(members.begin(), members.end());
    count += members.size();
  }
  EXPECT_EQ(different.size(), 300u);
  EXPECT_EQ(count, 300u);
  EXPECT_EQ(say("EXISTS s"), ":0\r\n");
}

TEST_F(CollectionsContention, what_reads_much_ends_while_others_write_all_the_time) {
  for (int i = 0; i < 1'000; ++i) {
    const std::string number = std::to_string(i);
    say("RPUSH l " + number);
    say("SET w" + number + " " + number);
  }
  std::atomic<bool> done = false;
  at_once(3, [&](RespPeer& peer, int client) {
    if (client == 0) {
      EXPECT_EQ(peer.say("SORT l BY w* DESC STORE sorted"), ":1000\r\n");
      EXPECT_EQ(peer.say("SWAPDB 0 1"), "+OK\r\n");
      EXPECT_EQ(peer.send("MULTI\r\nSELECT 1\r\nSORT l BY w* STORE sorted\r\nEXEC\r\n"),
                "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n+OK\r\n:1000\r\n");
      done = true;
    }
    for (int i = 0; !done; i = (i + 1) % 1'000) {
      const std::string number = std::to_string(i);
      EXPECT_EQ(peer.say("SELECT " + std::to_string(i % 2)), "+OK\r\n");
      EXPECT_EQ(peer.say("SET w" + number + " " + number), "+OK\r\n");
    }
  });
}

TEST_F(CollectionsContention, who_reads_all_sees_one_moment) {
  say("RPUSH l 0 1 2 3 4 5 6 7");
  say("SADD s 0 1 2 3 4 5 6 7");
  std::atomic<bool> done = false;
  at_once(4, [&](RespPeer& peer, int client) {
    if (client == 0) {
      for (int i = 0; i < 300; ++i) {
        const std::string number = std::to_string(i % 8);
        EXPECT_THAT(peer.say("LMOVE l l LEFT RIGHT"), StartsWith("$1"));
        EXPECT_THAT(peer.send("MULTI\r\nSREM s " + number + "\r\nSADD s x\r\nEXEC\r\n"),
                    testing::HasSubstr("*2\r\n:1\r\n:1\r\n"));
        EXPECT_THAT(peer.send("MULTI\r\nSREM s x\r\nSADD s " + number + "\r\nEXEC\r\n"),
                    testing::HasSubstr("*2\r\n:1\r\n:1\r\n"));
        EXPECT_THAT(peer.send("MULTI\r\nDEL h\r\nHSET h f v\r\nEXEC\r\n"), StartsWith("+OK"));
      }
      done = true;
    }
    while (!done) {
      EXPECT_THAT(peer.say("LRANGE l 0 -1"), StartsWith("*8\r\n"));
      EXPECT_THAT(peer.say("SMEMBERS s"), StartsWith("*8\r\n"));
      EXPECT_THAT(peer.say("LINDEX l -1"), StartsWith("$1\r\n"));
      EXPECT_THAT(peer.say("SRANDMEMBER s"), StartsWith("$1\r\n"));
      if (peer.say("EXISTS h") == ":1\r\n") {
        EXPECT_EQ(peer.say("HGET h f"), "$1\r\nv\r\n");
      }
    }
  });
}

}  // namespace
}  // namespace quartz::server
