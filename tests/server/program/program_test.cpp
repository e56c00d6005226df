#include "server/program/program.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <signal.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/program/exit_status.hpp"
#include "server/program/server_process.hpp"
#include "server/program/service_notifier.hpp"
#include "server/raw_client.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

class Program : public testing::Test {
 protected:
  std::vector<std::string> arguments(std::vector<std::string> more = {}) const {
    std::vector<std::string> all = {
        "--data-dir", (scratch_ / "data").string(), "--port", "0", "--resp-port", "0"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  std::string write_config(const std::string& text) const {
    const std::string path = (scratch_ / "quartz.toml").string();
    std::ofstream(path) << text;
    return path;
  }

  ScratchDirectory scratch_;
};

TEST_F(Program, serves_until_it_is_told_to_stop_and_exits_with_zero) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ServerProcess server(arguments());
    const std::uint16_t port = server.read_port();
    EXPECT_EQ(fetch(port, "PUT", "/api/v1/kv/k", "", "v").status, 204);
    server.signal(signal);
    EXPECT_THAT(server.finish(), EndsWithStatus(0));
  }
  ServerProcess again(arguments());
  EXPECT_EQ(fetch(again.read_port(), "GET", "/api/v1/kv/k").body, "v");
}

TEST_F(Program, says_where_it_listens) {
  ServerProcess server(arguments());
  EXPECT_THAT(server.read_line(), MatchesRegex("quartz-server: http://127.0.0.1:[0-9]+"));
}

TEST_F(Program, what_it_prints_as_its_configuration_is_one) {
  const ProcessRun printed =
      run_server(arguments({"--print-config", "--log-level", "error", "--cache-bytes", "1MiB"}));
  ASSERT_THAT(printed, EndsWithStatus(0));
  const std::string path = write_config(printed.out);
  EXPECT_THAT(run_server({"--config", path, "--check-config"}), EndsWithStatus(0));
  const ProcessRun again = run_server({"--print-config"}, {"QUARTZ_CONFIG=" + path});
  EXPECT_THAT(again.out, HasSubstr("cache_bytes = \"1MiB\"  # " + path + ":"));
}

TEST_F(Program, variables_and_flags_are_named_when_they_are_wrong) {
  const ProcessRun variable = run_server({"--check-config"}, {"QUARTZ_PORT=tcp://1.2.3.4"});
  EXPECT_THAT(variable, EndsWithStatus(2));
  EXPECT_THAT(variable.err, StartsWith("quartz-server: invalid_argument: QUARTZ_PORT: "));
  EXPECT_THAT(variable.err, HasSubstr("\n  hint: "));
  const ProcessRun flag = run_server({"--cache-bytes", "much"});
  EXPECT_THAT(flag, EndsWithStatus(2));
  EXPECT_THAT(flag.err, HasSubstr("--cache-bytes: \"much\""));
  const ProcessRun file = run_server({"--config", write_config("a = 1\n")});
  EXPECT_THAT(file, EndsWithStatus(2));
  EXPECT_THAT(file.err, HasSubstr("quartz.toml:1: there is no option a"));
  EXPECT_THAT(run_server({"--config", "missing.toml"}), EndsWithStatus(1));
}

TEST_F(Program, what_cannot_be_started_is_no_fine_configuration) {
  const std::string data = (scratch_ / "data").string();
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--segment-bytes", "1"}, "storage.segment_bytes = 1 is outside"},
      {{"--memtable-bytes", "1"}, "storage.memtable_bytes = 1 is less"},
      {{"--flush-interval", "8761h"}, "storage.flush_interval"},
      {{"--durability", "memory"}, "storage.durability"},
      {{"--backup-directory", data}, "backup_directory: "},
      {{"--tls-certificate-file", "absent.crt", "--tls-key-file", "absent.key"},
       "tls.certificate_file: absent.crt"}};
  for (const auto& [flags, message] : cases) {
    std::vector<std::string> checked = arguments(flags);
    checked.emplace_back("--check-config");
    const ProcessRun run = run_server(checked);
    EXPECT_THAT(run, EndsWithStatus(2)) << flags.front();
    EXPECT_THAT(run.err, HasSubstr(message));
    EXPECT_THAT(run.err, HasSubstr("(" + flags.front() + ")"));
  }
  EXPECT_THAT(run_server(arguments({"--check-config"})), EndsWithStatus(0));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "data"));
}

TEST_F(Program, a_database_in_use_is_busy) {
  ServerProcess server(arguments());
  ASSERT_NE(server.read_port(), 0);
  const ProcessRun second = run_server(arguments());
  EXPECT_THAT(second, EndsWithStatus(4));
  EXPECT_THAT(second.err, HasSubstr("busy: "));
}

TEST_F(Program, other_machines_are_not_let_in) {
  EXPECT_THAT(run_server(arguments({"--address", "0.0.0.0"})), EndsWithStatus(2));
}

TEST_F(Program, a_hangup_reloads_limits_and_a_bad_file_changes_nothing) {
  const std::string path = write_config("[limits]\nbody_bytes_max = 10\n");
  ServerProcess server(arguments({"--config", path}));
  const std::uint16_t port = server.read_port();
  EXPECT_EQ(fetch(port, "PUT", "/api/v1/kv/k", "", "12345").status, 204);
  const auto reload = [&](const std::string& text, const std::string& line) {
    write_config(text);
    server.signal(SIGHUP);
    while (server.errors().find(line) == std::string::npos) std::this_thread::yield();
  };
  reload("[limits]\nbody_bytes_max = 4\n", "reloaded");
  EXPECT_EQ(fetch(port, "PUT", "/api/v1/kv/k", "", "12345").status, 413);
  reload("[limits]\nnonsense = 4\n", "nothing was reloaded");
  EXPECT_EQ(fetch(port, "PUT", "/api/v1/kv/k", "", "1234").status, 204);
  EXPECT_EQ(fetch(port, "PUT", "/api/v1/kv/k", "", "12345").status, 413);
}

TEST_F(Program, logs_json_that_is_json) {
  ServerProcess server(arguments({"--log-format", "json", "--log-access", "true"}),
                       {"QUARTZ_TYPO=\"x\""});
  EXPECT_EQ(fetch(server.read_port(), "GET", "/livez", "X-Request-Id: id-1\r\n").status, 200);
  server.signal(SIGTERM);
  const std::string text = server.finish().err;
  bool access_seen = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const auto line = boost::json::parse(text.substr(at, end - at)).as_object();
    EXPECT_EQ(line.at("time").as_string().size(), 24u);
    EXPECT_TRUE(line.contains("level"));
    if (line.at("message") == "access") {
      access_seen = true;
      EXPECT_EQ(line.at("route"), "/livez");
      EXPECT_EQ(line.at("request_id"), "id-1");
      EXPECT_EQ(line.at("status"), 200);
    }
    at = end + 1;
  }
  EXPECT_TRUE(access_seen);
  EXPECT_THAT(text, HasSubstr("QUARTZ_TYPO"));
}

// The service manager's end of the socket.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path)
      : descriptor_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size());
    if (path.starts_with('@')) address.sun_path[0] = '\0';
    const auto size = offsetof(sockaddr_un, sun_path) + path.size();
    EXPECT_EQ(
        ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(size)),
        0);
    const timeval patience = {.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { ::close(descriptor_); }

  std::string receive() {
    std::array<char, 512> message;
    const ssize_t got = ::recv(descriptor_, message.data(), message.size(), 0);
    return {message.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

 private:
  int descriptor_;
};

TEST_F(Program, tells_the_service_notifier_how_it_is) {
  const std::string path = (scratch_ / "notify").string();
  NotifySocket manager(path);
  ServerProcess server(arguments(), {"NOTIFY_SOCKET=" + path});
  EXPECT_EQ(manager.receive(), "READY=1");
  server.signal(SIGHUP);
  EXPECT_THAT(manager.receive(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_EQ(manager.receive(), "READY=1");
  server.signal(SIGTERM);
  EXPECT_EQ(manager.receive(), "STOPPING=1");
  EXPECT_THAT(server.finish(), EndsWithStatus(0));
}

TEST(ServiceNotifiers, may_be_in_the_abstract_namespace_or_absent) {
  const std::string name = "@quartz-test-" + std::to_string(::getpid());
  NotifySocket manager(name);
  ServiceNotifier(name).ready();
  EXPECT_EQ(manager.receive(), "READY=1");
  ServiceNotifier("").ready();
  ServiceNotifier("/nowhere/at/all").ready();
  ServiceNotifier(std::string(500, 'x')).ready();
}

TEST(ExitStatuses, come_with_a_hint) {
  for (int code = 0; code <= static_cast<int>(Errc::unsupported); ++code) {
    EXPECT_FALSE(hint_for(static_cast<Errc>(code)).empty()) << to_string(static_cast<Errc>(code));
  }
}

TEST(ExitStatuses, are_listed_by_help) {
  EXPECT_THAT(run_server({"--help"}).out, HasSubstr(std::string(exit_status_help())));
}

}  // namespace
}  // namespace quartz::server
