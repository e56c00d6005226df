#include <atomic>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

class ReadContention : public RespConversation {};

// It takes thousands of times longer than the writes that come between.
TEST_F(ReadContention, a_command_that_only_reads_ends_however_much_others_write) {
  const std::string text(2000, 'x');
  say("SET a " + text);
  say("SET b " + text);
  std::atomic<bool> done{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    RespPeer other(server());
    while (!done) {
      other.say("SET a " + text);
      ++written;
    }
  });
  while (written < 10) std::this_thread::yield();
  EXPECT_EQ(say("LCS a b LEN"), ":2000\r\n");
  done = true;
  writer.join();
}

}  // namespace
}  // namespace quartz::server
