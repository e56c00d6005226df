#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/peers/served_program.hpp"
#include "server/resp/resp_conversation.hpp"
#include "support/sanitizers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class RedisTools : public ServedProgram {
 protected:
  std::string cli(const std::vector<std::string>& words, const std::string& input = {}) {
    std::vector<std::string> all = {"redis-cli", "--no-auth-warning", "-p", port()};
    all.insert(all.end(), words.begin(), words.end());
    const ProcessRun ran = run(all, input);
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  }
};

TEST_F(RedisTools, redis_cli_runs_commands) {
  QUARTZ_NEED_PROGRAM("redis-cli");
  EXPECT_EQ(cli({"PING"}), "PONG\n");
  EXPECT_EQ(cli({"SET", "key", "a value"}), "OK\n");
  EXPECT_EQ(cli({"GET", "key"}), "a value\n");
  EXPECT_EQ(cli({"-n", "3", "DBSIZE"}), "0\n");
  EXPECT_EQ(cli({"INCR", "key"}), "ERR value is not an integer or out of range\n\n");
  EXPECT_EQ(cli({"-3", "MGET", "key", "absent"}), "a value\n\n");
  EXPECT_EQ(cli({"--scan", "--pattern", "k*"}), "key\n");
  EXPECT_EQ(cli({}, "MULTI\nINCR n\nINCR n\nEXEC\n"), "OK\nQUEUED\nQUEUED\n1\n2\n");
  EXPECT_THAT(cli({"INFO", "server"}), HasSubstr("redis_version:"));
  EXPECT_THAT(cli({"-x", "SET", "piped"}, "from standard input"), HasSubstr("OK"));
  EXPECT_EQ(cli({"GET", "piped"}), "from standard input\n");
}

TEST_F(RedisTools, redis_cli_loads_a_file_of_requests) {
  QUARTZ_NEED_PROGRAM("redis-cli");
  constexpr int kRequests = 20'000;
  std::string requests;
  for (int i = 0; i < kRequests; ++i) {
    const std::string number = std::to_string(i);
    requests += request_of({"SET", "key:" + number, "value:" + number});
  }
  EXPECT_THAT(cli({"--pipe"}, requests), HasSubstr("errors: 0, replies: 20000"));
  EXPECT_EQ(cli({"DBSIZE"}), "20000\n");
  EXPECT_EQ(cli({"GET", "key:19999"}), "value:19999\n");
}

TEST_F(RedisTools, redis_cli_tells_of_errors_in_what_it_loads) {
  QUARTZ_NEED_PROGRAM("redis-cli");
  const std::string requests =
      request_of({"SET", "a", "x"}) + request_of({"INCR", "a"}) + request_of({"SET", "b", "1"});
  const ProcessRun ran = run({"redis-cli", "-p", port(), "--pipe"}, requests);
  EXPECT_THAT(ran.out, HasSubstr("errors: 1, replies: 3"));
  EXPECT_EQ(cli({"GET", "b"}), "1\n");
}

TEST_F(RedisTools, redis_benchmark_meets_no_error) {
  QUARTZ_NEED_PROGRAM("redis-benchmark");
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"-P", "16"}, {"-3", "-P", "16"}, {"--threads", "2"}}) {
    std::vector<std::string> words = {"redis-benchmark",
                                      "-p",
                                      port(),
                                      "-n",
                                      kUnderSanitizer ? "4000" : "20000",
                                      "-r",
                                      "1000",
                                      "-q",
                                      "-e",
                                      "-t",
                                      "ping,set,get,incr,mset"};
    words.insert(words.end(), more.begin(), more.end());
    const ProcessRun ran = run(words);
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_THAT(ran.out, HasSubstr("GET: "));
    EXPECT_THAT(ran.out, HasSubstr("MSET (10 keys): "));
    EXPECT_THAT(ran.out + ran.err, Not(HasSubstr("Error from server")));
  }
  EXPECT_THAT(cli({"--scan", "--pattern", "counter:*"}), HasSubstr("counter:"));
}

}  // namespace
}  // namespace quartz::server
