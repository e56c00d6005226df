#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "server/resp/resp_conversation.hpp"

namespace quartz::server {
namespace {

class ReadContention : public testing::Test {
 protected:
  // So that nothing is flushed meanwhile: it is about what lies in memory.
  static StorageConfig one_segment() {
    StorageConfig config = small_config();
    config.segment_bytes = std::size_t{64} << 20;
    config.memtable_bytes = std::size_t{256} << 20;
    return config;
  }

  ScratchDirectory scratch_;
  StorageEngine engine_ = open_small(scratch_ / "data", one_segment());
  const std::unique_ptr<Service> service_ = Service::open(engine_).value();
  RespServer server_{*service_};
};

// It takes hundreds of times longer than until the next write.
TEST_F(ReadContention, a_command_that_only_reads_ends_however_much_others_write) {
  RespPeer reader(server_);
  const std::string text(500, 'x');
  reader.say("SET a " + text);
  reader.say("SET b " + std::string(8000, 'x'));
  std::atomic<bool> done{false};
  std::atomic<int> written{0};
  std::thread writer([&] {
    RespPeer other(server_);
    while (!done) {
      other.say("SET a " + text);
      ++written;
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  });
  while (written < 10) std::this_thread::yield();
  EXPECT_EQ(reader.say("LCS a b LEN"), ":500\r\n");
  done = true;
  writer.join();
}

}  // namespace
}  // namespace quartz::server
