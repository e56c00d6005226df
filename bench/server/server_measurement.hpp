#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/measure/measurement.hpp"
#include "bench/server/server_load.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// Writes that a server of the Redis protocol has taken before anything is measured.
inline constexpr std::uint64_t kFillRequests = 4'000'000;

/// A server that can be measured.
struct ServerKind {
  std::string name;  ///< "quartz-server", "redis-server", "redis-server, everysec", "nginx", …
  std::string version;
  /// How it is started to listen on `port`, with its files in `directory`, which is there.
  std::function<Result<std::vector<std::string>>(std::uint16_t port, const std::string& directory)>
      command;
  bool speaks_http = false;
  /// Sent once each before anything is measured.
  std::vector<HttpRequest> preparation = {};
  /// By what they ask for: "get", "query_json", … A server is measured by those that it has.
  std::map<std::string, HttpRequest> requests = {};
};

/// The search that a query asks for, without a server around it.
struct InProcessQuery {};

/// What is measured of all servers of one kind of load.
struct ServerCategory {
  std::string name;  ///< "resp_get_depth_16"
  std::variant<RespLoad, HttpLoad, InProcessQuery> load;
};

/// One server under one load, an element for each repetition; lists of what was not measured are
/// empty.
struct ServerSeries {
  std::vector<double> requests_per_second;
  std::vector<double> cpu_ns_per_request;  ///< Of the server, all its threads.
  std::vector<double> p50_ms;
  std::vector<double> p99_ms;
};

struct ServerRow {
  std::string category;
  std::string server;
  ServerSeries series;
};

struct ServerRunResult {
  RunResult::Machine machine;
  std::map<std::string, std::string> versions;
  std::string started_at;
  std::vector<ServerRow> rows;  ///< By category, then by server.
};

struct ServerPlan {
  std::vector<ServerKind> servers;  ///< Quartz's first.
  std::vector<ServerCategory> categories;
  unsigned repetitions = 5;
  std::filesystem::path directory;  ///< For the servers' files; emptied before each start.
  std::function<void(const std::string& what)> progress;
};

/// What is measured without a choice: the loads whose goals the documentation names.
std::vector<ServerCategory> server_categories();

/// Starts all servers, lets them take turns in every repetition of every category, with another
/// one first each time, and stops them.
Result<std::vector<ServerRow>> measure_servers(const ServerPlan& plan);

}  // namespace quartz::bench
