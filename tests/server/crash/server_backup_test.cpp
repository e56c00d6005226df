#include <array>
#include <cstdint>
#include <signal.h>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/crash/ledger_writer.hpp"
#include "server/program/server_process.hpp"
#include "server/raw_client.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

constexpr int kBackups = 5;

class BackupUnderLoad : public testing::Test {
 protected:
  /// Of writer `i`: what a backup must hold at least, and may hold at most.
  struct Steps {
    std::array<std::uint64_t, 2> first;
    std::array<std::uint64_t, 2> last;
  };

  std::vector<std::string> arguments(const std::string& data) const {
    return {"--data-dir",       (scratch_ / data).string(),
            "--port",           "0",
            "--resp-port",      "0",
            "--segment-bytes",  "256KiB",
            "--memtable-bytes", "1MiB"};
  }

  Steps make_backup(std::uint16_t port, const std::string& name) {
    Steps steps{};
    for (std::size_t i = 0; i < writers_.size(); ++i) steps.first[i] = writers_[i].acknowledged();
    const RawResponse made =
        fetch(port, "POST", "/api/v1/admin/backups", "Content-Type: application/json\r\n",
              R"({"name":")" + name + R"("})");
    EXPECT_EQ(made.status, 201) << made.body;
    for (std::size_t i = 0; i < writers_.size(); ++i) steps.last[i] = writers_[i].sent();
    return steps;
  }

  ScratchDirectory scratch_;
  std::array<LedgerWriter, 2> writers_ = {LedgerWriter(0), LedgerWriter(1)};
};

TEST_F(BackupUnderLoad, each_is_of_one_moment_and_opens_as_a_database) {
  std::vector<Steps> backups;
  {
    std::vector<std::string> with_backups = arguments("data");
    with_backups.insert(with_backups.end(),
                        {"--backup-directory", (scratch_ / "backups").string()});
    ServerProcess server(with_backups);
    const std::uint16_t http = server.read_port();
    const std::uint16_t resp = server.read_port();
    ASSERT_NE(resp, 0) << server.errors();
    std::vector<std::thread> threads;
    for (LedgerWriter& writer : writers_) {
      threads.emplace_back([&writer, resp] { writer.run(resp, 1); });
    }
    for (int i = 0; i < kBackups; ++i) {
      const std::uint64_t before = writers_[0].acknowledged();
      while (writers_[0].acknowledged() < before + 1000) std::this_thread::yield();
      backups.push_back(make_backup(http, "b" + std::to_string(i)));
    }
    EXPECT_THAT(fetch(http, "POST", "/api/v1/admin/backups/b0/verify").body,
                HasSubstr(R"("whole":true)"));
    server.signal(SIGKILL);
    for (std::thread& thread : threads) thread.join();
  }
  for (int i = 0; i < kBackups; ++i) {
    SCOPED_TRACE("backup " + std::to_string(i));
    const Steps& steps = backups[static_cast<std::size_t>(i)];
    ServerProcess restored(arguments("backups/b" + std::to_string(i)));
    restored.read_port();
    const std::uint16_t resp = restored.read_port();
    ASSERT_NE(resp, 0) << restored.errors();
    for (std::size_t j = 0; j < writers_.size(); ++j) {
      writers_[j].check(resp, steps.first[j], steps.last[j]);
    }
    restored.signal(SIGTERM);
    EXPECT_THAT(restored.finish(), EndsWithStatus(0));
  }
}

}  // namespace
}  // namespace quartz::server
