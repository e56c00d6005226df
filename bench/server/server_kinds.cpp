#include "bench/server/server_kinds.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/run/child_process.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

bool is_installed(const fs::path& program) { return fs::exists(program); }

ServerKind quartz_kind(const fs::path& program, std::string name, std::string version, bool http) {
  const auto command = [program, http](std::uint16_t port, const std::string& directory) {
    const std::string data = directory + "/data";
    std::vector<std::string> words = {program.string(), "--data-dir", data, "--io-threads", "1"};
    const std::string number = std::to_string(port);
    if (http) {
      words.insert(words.end(), {"--port", number, "--resp", "false"});
    } else {
      words.insert(words.end(), {"--resp-port", number, "--http", "false"});
    }
    return words;
  };
  return {.name = std::move(name),
          .version = std::move(version),
          .command = command,
          .speaks_http = http};
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

// One worker that answers without looking anywhere: the least that HTTP can cost.
ServerKind nginx_kind() {
  const auto command = [](std::uint16_t port, const std::string& directory) {
    const std::string settings = fmt::format(
        "worker_processes 1; daemon off; pid {0}/pid; events {{ worker_connections 1024; }} "
        "http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; "
        "fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi; "
        "keepalive_requests 100000000; "
        "server {{ listen 127.0.0.1:{1}; location / {{ return 200 'ok'; }} }} }}",
        directory, port);
    return std::vector<std::string>{"/usr/sbin/nginx", "-c", "/dev/null", "-g", settings};
  };
  return {.name = "nginx", .version = "as installed", .command = command, .speaks_http = true};
}

}  // namespace

Result<std::vector<ServerKind>> server_kinds(const fs::path& quartz_server) {
  QUARTZ_ASSIGN(const std::string version, run_program(quartz_server, {"--version"}));
  std::vector<ServerKind> kinds;
  kinds.push_back(quartz_kind(quartz_server, "quartz-server", first_line(version), false));
  kinds.push_back(quartz_kind(quartz_server, "quartz-server", first_line(version), true));
  if (is_installed("/usr/bin/redis-server")) {
    QUARTZ_ASSIGN(const std::string redis, run_program("/usr/bin/redis-server", {"--version"}));
    kinds.push_back(redis_kind("redis-server", first_line(redis), false));
    kinds.push_back(redis_kind("redis-server, everysec", first_line(redis), true));
  }
  if (is_installed("/usr/sbin/nginx")) kinds.push_back(nginx_kind());
  return kinds;
}

}  // namespace quartz::bench
