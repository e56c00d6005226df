#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "server/program/server_process.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {

/// A running server of an empty database, for the length of a test.
class ServerForShell {
 public:
  explicit ServerForShell(const std::string& directory, std::uint16_t port = 0)
      : process_({"--data-dir", directory, "--http", "false", "--resp-port", std::to_string(port)}),
        port_(process_.read_port()) {}

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::uint16_t port() const noexcept { return port_; }
  server::ServerProcess& process() noexcept { return process_; }

 private:
  server::ServerProcess process_;
  std::uint16_t port_;
};

/// What each test of the prompt is done with: a directory, and a server.
enum class ShellKind : std::uint8_t { directory, server };

class ShellOfEachKind : public testing::TestWithParam<ShellKind> {
 protected:
  void SetUp() override {
    if (GetParam() == ShellKind::server) {
      server_ = std::make_unique<ServerForShell>((scratch_ / "data").string());
      target_ = server_->address();
    } else {
      target_ = (scratch_ / "data").string();
    }
  }

  std::vector<std::string> arguments() const {
    std::vector<std::string> words = {"shell", target_};
    if (GetParam() == ShellKind::directory) words.emplace_back("--create");
    return words;
  }
  std::string home() const { return (scratch_ / "home").string(); }

  ScratchDirectory scratch_;
  std::unique_ptr<ServerForShell> server_;
  std::string target_;
};

inline std::string name_of_kind(const testing::TestParamInfo<ShellKind>& kind) {
  return kind.param == ShellKind::directory ? "directory" : "server";
}

}  // namespace quartz
