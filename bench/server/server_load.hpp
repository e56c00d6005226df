#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "bench/server/http_request.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// What a load was answered.
struct LoadResult {
  double requests = 0;
  double seconds = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

/// A load of the Redis protocol, by redis-benchmark.
struct RespLoad {
  std::string command = "get";  ///< As its option -t names it.
  unsigned depth = 1;           ///< Requests that a client sends before it reads a reply.
  unsigned clients = 50;
  std::uint64_t requests = 200'000;
  std::uint64_t keys = 100'000;
  unsigned value_bytes = 100;
};
/// `io_error` if a request was answered with an error, or the program is not there.
Result<LoadResult> run_resp_load(const RespLoad& load, std::uint16_t port);

/// A load of one request over HTTP/1.1, by wrk, on one thread.
struct HttpLoad {
  std::string request;  ///< Which of a server's own, `ServerKind::requests`.
  unsigned connections = 50;
  unsigned seconds = 2;
};
/// `script`: a file that is written for wrk. `io_error` also if there were answers other than 2xx.
Result<LoadResult> run_http_load(const HttpLoad& load, const HttpRequest& request,
                                 std::uint16_t port, const std::filesystem::path& script);

/// Sends `request` once, by curl. `io_error` if it is not answered with 2xx.
Result<void> send_request(const HttpRequest& request, std::uint16_t port);

}  // namespace quartz::bench
