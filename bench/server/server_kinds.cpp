#include "bench/server/server_kinds.hpp"

#include <string>
#include <string_view>

#include "base/try.hpp"
#include "bench/run/child_process.hpp"
#include "bench/server/http_peers.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

ServerKind quartz_kind(const fs::path& program, std::string version) {
  const auto command = [program](std::uint16_t port, const std::string& directory) {
    return std::vector<std::string>{program.string(),     "--data-dir", directory + "/data",
                                    "--io-threads",       "1",          "--resp-port",
                                    std::to_string(port), "--http",     "false"};
  };
  return {.name = "quartz-server", .version = std::move(version), .command = command};
}

ServerKind redis_kind(std::string name, std::string version, bool everysec) {
  const auto command = [everysec](std::uint16_t port, const std::string& directory) {
    return std::vector<std::string>{"redis-server",
                                    "--port",
                                    std::to_string(port),
                                    "--save",
                                    "",
                                    "--dir",
                                    directory,
                                    "--appendonly",
                                    everysec ? "yes" : "no",
                                    "--appendfsync",
                                    "everysec",
                                    "--protected-mode",
                                    "yes"};
  };
  return {.name = std::move(name), .version = std::move(version), .command = command};
}

}  // namespace

Result<std::vector<ServerKind>> server_kinds(const fs::path& quartz_server,
                                             const fs::path& this_program) {
  QUARTZ_ASSIGN(const std::string text, run_program(quartz_server, {"--version"}));
  const std::string version = first_line(text);
  std::vector<ServerKind> kinds;
  kinds.push_back(quartz_kind(quartz_server, version));
  kinds.push_back(quartz_http_kind(quartz_server, version));
  if (fs::exists("/usr/bin/redis-server")) {
    QUARTZ_ASSIGN(const std::string redis, run_program("/usr/bin/redis-server", {"--version"}));
    kinds.push_back(redis_kind("redis-server", first_line(redis), false));
    kinds.push_back(redis_kind("redis-server, everysec", first_line(redis), true));
  }
  for (ServerKind& peer : http_peers(this_program)) kinds.push_back(std::move(peer));
  return kinds;
}

}  // namespace quartz::bench
