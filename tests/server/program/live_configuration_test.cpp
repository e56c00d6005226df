#include "server/program/live_configuration.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <signal.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The program with a file of configuration, and a client of the Redis protocol.
class LiveProgram : public testing::Test {
 protected:
  void start(const std::string& configuration) {
    write(configuration);
    server_.emplace(std::vector<std::string>{"--config", file(), "--data-dir",
                                             (scratch_ / "data").string(), "--port", "0",
                                             "--resp-port", "0"});
    http_port_ = server_->read_port();
    resp_port_ = server_->read_port();
  }
  void reload(const std::string& configuration, const std::string& line) {
    write(configuration);
    server_->signal(SIGHUP);
    while (server_->errors().find(line) == std::string::npos) std::this_thread::yield();
  }
  /// The whole reply to one line.
  std::string say(const std::string& line) const {
    RawClient client(resp_port_);
    EXPECT_TRUE(client.send(line + "\r\nQUIT\r\n"));
    std::string reply = client.receive_rest();
    const std::string goodbye = "+OK\r\n";
    EXPECT_TRUE(reply.ends_with(goodbye)) << reply;
    reply.resize(reply.size() - std::min(reply.size(), goodbye.size()));
    return reply;
  }
  int status_of_body(std::size_t bytes) const {
    return fetch(http_port_, "PUT", "/api/v1/kv/k", "", std::string(bytes, 'x')).status;
  }

  ScratchDirectory scratch_;
  std::optional<ServerProcess> server_;
  std::uint16_t http_port_ = 0;
  std::uint16_t resp_port_ = 0;

 private:
  std::string file() const { return (scratch_ / "quartz.toml").string(); }
  void write(const std::string& configuration) const { std::ofstream(file()) << configuration; }
};

TEST_F(LiveProgram, clients_see_and_change_options_by_their_names) {
  start("[limits]\nbody_bytes_max = 10\n");
  EXPECT_EQ(say("CONFIG GET limits.body_bytes_max"),
            "*2\r\n$21\r\nlimits.body_bytes_max\r\n$2\r\n10\r\n");
  EXPECT_EQ(status_of_body(5), 204);
  EXPECT_EQ(say("CONFIG SET limits.body_bytes_max 4"), "+OK\r\n");
  EXPECT_EQ(status_of_body(5), 413);
  EXPECT_EQ(say("CONFIG GET limits.body_bytes_max"),
            "*2\r\n$21\r\nlimits.body_bytes_max\r\n$1\r\n4\r\n");
}

TEST_F(LiveProgram, what_needs_a_start_and_what_makes_no_sense_are_refused) {
  start("");
  EXPECT_EQ(say("CONFIG SET storage.cache_bytes 1MiB"),
            "-ERR CONFIG SET failed (possibly related to argument 'storage.cache_bytes') - "
            "storage.cache_bytes takes effect at the next start only\r\n");
  EXPECT_THAT(say("CONFIG SET limits.header_timeout soon"), HasSubstr("limits.header_timeout"));
  EXPECT_THAT(say("CONFIG SET limits.header_timeout 0"), HasSubstr("must be more than zero"));
  EXPECT_THAT(say("CONFIG SET drain_timeout 9223372036854775807ms"),
              HasSubstr("longer than a year"));
  EXPECT_EQ(say("CONFIG GET limits.header_timeout"),
            "*2\r\n$21\r\nlimits.header_timeout\r\n$3\r\n10s\r\n");
  EXPECT_THAT(say("CONFIG SET no.such_option 1"), StartsWith("-ERR Unknown option"));
}

TEST_F(LiveProgram, options_are_changed_all_of_them_or_none) {
  start("[limits]\nbody_bytes_max = 10\n");
  EXPECT_THAT(say("CONFIG SET limits.body_bytes_max 4 maxclients abc"), HasSubstr("'maxclients'"));
  EXPECT_EQ(status_of_body(5), 204);
  EXPECT_EQ(say("CONFIG GET limits.body_bytes_max"),
            "*2\r\n$21\r\nlimits.body_bytes_max\r\n$2\r\n10\r\n");
}

TEST_F(LiveProgram, accesses_are_logged_from_then_on) {
  start("");
  EXPECT_EQ(fetch(http_port_, "GET", "/livez", "X-Request-Id: before\r\n").status, 200);
  EXPECT_EQ(say("CONFIG SET log.access yes"), "+OK\r\n");
  EXPECT_EQ(fetch(http_port_, "GET", "/livez", "X-Request-Id: after\r\n").status, 200);
  server_->signal(SIGTERM);
  const std::string log = server_->finish().err;
  EXPECT_THAT(log, HasSubstr("request after"));
  EXPECT_THAT(log, testing::Not(HasSubstr("request before")));
}

TEST_F(LiveProgram, a_hangup_takes_over_what_may_change_and_names_what_may_not) {
  start("[log]\nlevel = \"info\"\n");
  EXPECT_EQ(say("CONFIG SET limits.body_bytes_max 4"), "+OK\r\n");
  reload("connections_max = 9\n[cors]\norigins = [\"https://a\"]\n[storage]\nread_threads = 3\n",
         "these wait for the next start: storage.read_threads");
  // The file wins over what a client has set.
  EXPECT_EQ(status_of_body(5), 204);
  EXPECT_EQ(say("CONFIG GET maxclients"), "*2\r\n$10\r\nmaxclients\r\n$1\r\n9\r\n");
  EXPECT_EQ(fetch(http_port_, "GET", "/livez", "Origin: https://a\r\n")
                .header("Access-Control-Allow-Origin"),
            "https://a");
}

TEST_F(LiveProgram, thresholds_of_slowness_are_those_of_redis_in_finer_steps) {
  start("[log]\nslow_threshold = \"7ms\"\nslow_commands_max = 5\nlatency_threshold = \"3ms\"\n");
  EXPECT_EQ(say("CONFIG GET slowlog-log-slower-than"),
            "*2\r\n$23\r\nslowlog-log-slower-than\r\n$4\r\n7000\r\n");
  EXPECT_EQ(say("CONFIG GET slowlog-max-len"), "*2\r\n$15\r\nslowlog-max-len\r\n$1\r\n5\r\n");
  EXPECT_EQ(say("CONFIG GET latency-monitor-threshold"),
            "*2\r\n$25\r\nlatency-monitor-threshold\r\n$1\r\n3\r\n");
  EXPECT_EQ(say("CONFIG SET slowlog-log-slower-than 1"), "+OK\r\n");
  EXPECT_EQ(say("CONFIG SET maxclients 77"), "+OK\r\n");
  EXPECT_EQ(say("CONFIG SET limits.header_timeout 9s"), "+OK\r\n");
  EXPECT_THAT(say("CONFIG GET maxclients"), HasSubstr("\r\n$2\r\n77\r\n"));
  EXPECT_THAT(say("CONFIG GET slowlog-log-slower-than"), HasSubstr("\r\n$1\r\n1\r\n"));
  EXPECT_EQ(say("CONFIG SET log.slow_threshold 0"), "+OK\r\n");
  EXPECT_THAT(say("CONFIG GET slowlog-log-slower-than"), HasSubstr("\r\n$2\r\n-1\r\n"));
}

TEST_F(LiveProgram, an_option_that_is_set_holds_whatever_its_name_in_redis_was_set_to) {
  start(
      "connections_max = 50\n[log]\nslow_threshold = \"7ms\"\nslow_commands_max = 5\n"
      "latency_threshold = \"3ms\"\n");
  struct Names {
    std::string redis, changed, own, seen, text, held;
  };
  for (const Names& each :
       {Names{"maxclients", "77", "connections_max", "77", "50", "50"},
        Names{"slowlog-log-slower-than", "9000", "log.slow_threshold", "9ms", "7ms", "7000"},
        Names{"slowlog-max-len", "6", "log.slow_commands_max", "6", "5", "5"},
        Names{"latency-monitor-threshold", "4", "log.latency_threshold", "4ms", "3ms", "3"}}) {
    EXPECT_EQ(say("CONFIG SET " + each.redis + " " + each.changed), "+OK\r\n");
    EXPECT_THAT(say("CONFIG GET " + each.own), HasSubstr("\r\n" + each.seen + "\r\n"));
    EXPECT_EQ(say("CONFIG SET " + each.own + " " + each.text), "+OK\r\n");
    EXPECT_THAT(say("CONFIG GET " + each.redis), HasSubstr("\r\n" + each.held + "\r\n"));
    EXPECT_THAT(say("CONFIG GET " + each.own), HasSubstr("\r\n" + each.text + "\r\n"));
  }
}

TEST_F(LiveProgram, requests_of_http_that_are_slow_are_logged) {
  start("");
  EXPECT_EQ(say("CONFIG SET slowlog-log-slower-than 0"), "+OK\r\n");
  EXPECT_EQ(fetch(http_port_, "GET", "/livez", "X-Request-Id: slow-1\r\n").status, 200);
  server_->signal(SIGTERM);
  const std::string log = server_->finish().err;
  EXPECT_THAT(log, HasSubstr("warning  http: GET /livez took "));
  EXPECT_THAT(log, HasSubstr("(request slow-1)"));
}

/// The log of the program takes the place of the process's own one.
class LiveConfigurations : public testing::Test {
 protected:
  ~LiveConfigurations() override {
    log_.reset();
    spdlog::set_default_logger(before_);
  }

  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  std::optional<ProgramLog> log_{std::in_place, LogSettings()};
};

TEST_F(LiveConfigurations, change_nothing_before_there_is_a_server) {
  LiveConfiguration live(Settings(), *log_);
  const auto options = live.options();
  EXPECT_EQ(options.size(), all_options().size());
  const auto level = std::ranges::find(options, "log.level", &LiveOption::name);
  ASSERT_NE(level, options.end());
  EXPECT_EQ(level->read(), "info");
  EXPECT_FALSE(level->change("debug"));
  EXPECT_EQ(level->read(), "info");
}

}  // namespace
}  // namespace quartz::server
