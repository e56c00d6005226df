#pragma once

#include <cstdint>
#include <signal.h>
#include <string>

#include <gtest/gtest.h>

#include "server/program/server_process.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {

/// The program as others meet it: in a process of its own, on free ports.
class ServedProgram : public testing::Test {
 protected:
  ServedProgram()
      : server_({"--data-dir", (scratch_ / "data").string(), "--port", "0", "--resp-port", "0"}) {
    http_port_ = server_.read_port();
    port_ = server_.read_port();
  }

  /// Where it speaks HTTP.
  std::string http_port() const { return std::to_string(http_port_); }
  /// Where it speaks the protocol of Redis.
  std::string port() const { return std::to_string(port_); }
  std::uint16_t port_number() const noexcept { return port_; }
  /// "http://127.0.0.1:…", without a slash at the end.
  std::string url() const { return "http://127.0.0.1:" + http_port(); }

  /// Runs somebody's program to its end, or for two minutes.
  static ProcessRun run(std::vector<std::string> words, std::string input = {}) {
    words.insert(words.begin(), {"timeout", "120"});
    return ChildProcess(
               {.words = std::move(words), .variables = own_variables(), .input = std::move(input)})
        .finish();
  }

  /// It stopped as it was asked to, which it does not after a crash.
  void TearDown() override {
    server_.signal(SIGTERM);
    EXPECT_THAT(server_.finish(), EndsWithStatus(0));
  }

  ScratchDirectory scratch_;

 private:
  ServerProcess server_;
  std::uint16_t http_port_ = 0;
  std::uint16_t port_ = 0;
};

/// Ends a test that needs a program which is not here.
#define QUARTZ_NEED_PROGRAM(name) \
  if (!installed_program(name)) GTEST_SKIP() << "SKIPPED: " << (name) << " is not installed"

}  // namespace quartz::server
