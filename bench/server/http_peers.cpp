#include "bench/server/http_peers.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/beast/version.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/server/query_vectors.hpp"
#include "bench/server/server_process.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kValueBytes = 100;
constexpr std::string_view kJson = "application/json";

std::string json_of(const std::vector<float>& vector) {
  return fmt::format("[{}]", fmt::join(vector, ","));
}

std::string bytes_of(const std::vector<float>& vector) {
  std::string bytes(vector.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), vector.data(), bytes.size());
  return bytes;
}

std::vector<HttpRequest> quartz_preparation() {
  const std::string collection = "/api/v1/collections/vectors";
  std::string points;
  for (std::size_t i = 0; i < kQueryPoints; ++i) {
    points += fmt::format(R"({}{{"id":"{}","vector":{}}})", i == 0 ? "" : ",", i,
                          json_of(query_vector(i)));
  }
  return {{.method = "PUT",
           .path = "/api/v1/kv/row",
           .content_type = "application/octet-stream",
           .body = std::string(kValueBytes, 'x')},
          {.method = "PUT",
           .path = collection,
           .content_type = std::string(kJson),
           .body = fmt::format(R"({{"dimensions":{},"metric":"cosine"}})", kQueryDimensions)},
          {.method = "PUT",
           .path = collection + "/points",
           .content_type = std::string(kJson),
           .body = fmt::format("[{}]", points)}};
}

std::map<std::string, HttpRequest> quartz_requests() {
  const std::vector<float> asked = query_vector(kQueryPoints);
  const std::string query = "/api/v1/collections/vectors/query";
  return {{"get", {.path = "/api/v1/kv/row"}},
          {"query_json",
           {.method = "POST",
            .path = query,
            .content_type = std::string(kJson),
            .body = fmt::format(R"({{"vector":{},"k":{}}})", json_of(asked), kQueryPoints)}},
          {"query_binary",
           {.method = "POST",
            .path = fmt::format("{}?k={}", query, kQueryPoints),
            .content_type = "application/vnd.quartz.f32",
            .body = bytes_of(asked)}}};
}

ServerKind nginx_kind() {
  const auto command = [](std::uint16_t port,
                          const std::string& directory) -> Result<std::vector<std::string>> {
    const std::string settings = fmt::format(
        "master_process off; daemon off; pid {0}/pid; error_log {0}/error; "
        "events {{ worker_connections 1024; }} "
        "http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; "
        "fastcgi_temp_path {0}/fastcgi; uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi; "
        "keepalive_requests 100000000; "
        "server {{ listen 127.0.0.1:{1}; location / {{ return 200 '{2}'; }} }} }}",
        directory, port, std::string(kValueBytes, 'x'));
    const std::string file = directory + "/nginx.conf";
    QUARTZ_TRY(io::publish_file(io::posix_file_system(), file, std::as_bytes(std::span(settings))));
    return std::vector<std::string>{"/usr/sbin/nginx", "-c", file};
  };
  return {.name = "nginx",
          .version = "as installed",
          .command = command,
          .speaks_http = true,
          .requests = {{"get", {}}}};
}

ServerKind beast_kind(const fs::path& this_program) {
  const auto command = [this_program](std::uint16_t port, const std::string&) {
    return std::vector<std::string>{this_program.string(), "serve-beast", std::to_string(port)};
  };
  return {.name = "Boost.Beast",
          .version = BOOST_BEAST_VERSION_STRING,
          .command = command,
          .speaks_http = true,
          .requests = {{"get", {}}}};
}

ServerKind etcd_kind() {
  const auto command = [](std::uint16_t port,
                          const std::string& directory) -> Result<std::vector<std::string>> {
    const std::string here = fmt::format("http://127.0.0.1:{}", port);
    // For other members, of which there are none.
    QUARTZ_ASSIGN(const std::uint16_t second_port, free_port());
    const std::string members = fmt::format("http://127.0.0.1:{}", second_port);
    return std::vector<std::string>{"/usr/bin/etcd",
                                    "--data-dir",
                                    directory + "/data",
                                    "--listen-client-urls",
                                    here,
                                    "--advertise-client-urls",
                                    here,
                                    "--listen-peer-urls",
                                    members,
                                    "--initial-advertise-peer-urls",
                                    members,
                                    "--initial-cluster",
                                    "default=" + members};
  };
  // Base64 of "row" and of a hundred times "x".
  constexpr std::string_view kKey = "cm93";
  std::string value;
  for (std::size_t i = 0; i < kValueBytes / 3; ++i) value += "eHh4";
  value += "eA==";
  return {.name = "etcd",
          .version = "as installed",
          .command = command,
          .speaks_http = true,
          .preparation = {{.method = "POST",
                           .path = "/v3/kv/put",
                           .content_type = std::string(kJson),
                           .body = fmt::format(R"({{"key":"{}","value":"{}"}})", kKey, value)}},
          .requests = {{"get",
                        {.method = "POST",
                         .path = "/v3/kv/range",
                         .content_type = std::string(kJson),
                         .body = fmt::format(R"({{"key":"{}"}})", kKey)}}}};
}

}  // namespace

ServerKind quartz_http_kind(const fs::path& program, std::string version) {
  const auto command = [program](std::uint16_t port, const std::string& directory) {
    return std::vector<std::string>{program.string(),     "--data-dir", directory + "/data",
                                    "--io-threads",       "1",          "--port",
                                    std::to_string(port), "--resp",     "false"};
  };
  return {.name = "quartz-server",
          .version = std::move(version),
          .command = command,
          .speaks_http = true,
          .preparation = quartz_preparation(),
          .requests = quartz_requests()};
}

std::vector<ServerKind> http_peers(const fs::path& this_program) {
  std::vector<ServerKind> peers{beast_kind(this_program)};
  if (fs::exists("/usr/sbin/nginx")) peers.push_back(nginx_kind());
  if (fs::exists("/usr/bin/etcd")) peers.push_back(etcd_kind());
  return peers;
}

}  // namespace quartz::bench
