#include "bench/server/server_measurement.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/server/query_in_process.hpp"
#include "bench/server/server_process.hpp"

namespace quartz::bench {
namespace {

struct Running {
  const ServerKind* kind;
  std::uint16_t port;
  std::filesystem::path directory;
  std::unique_ptr<ServerProcess> process;
};

Result<std::vector<Running>> start_all(const ServerPlan& plan) {
  std::vector<Running> running;
  for (const ServerKind& kind : plan.servers) {
    const std::filesystem::path directory =
        plan.directory / fmt::format("server_{}", running.size());
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    QUARTZ_ASSIGN(const std::uint16_t port, free_port());
    QUARTZ_ASSIGN(const auto command, kind.command(port, directory.string()));
    QUARTZ_ASSIGN(auto process, ServerProcess::start(command, directory.string(), port));
    running.push_back({&kind, port, directory, std::move(process)});
  }
  return running;
}

bool fits(const ServerCategory& category, const ServerKind& kind) {
  const auto* const http = std::get_if<HttpLoad>(&category.load);
  return http == nullptr ? !kind.speaks_http : kind.requests.contains(http->request);
}

Result<LoadResult> run(const ServerCategory& category, const Running& server) {
  if (const auto* const resp = std::get_if<RespLoad>(&category.load)) {
    return run_resp_load(*resp, server.port);
  }
  const auto& http = std::get<HttpLoad>(category.load);
  return run_http_load(http, server.kind->requests.at(http.request), server.port,
                       server.directory / "wrk.lua");
}

Result<void> measure_once(const ServerCategory& category, const Running& server,
                          ServerSeries& series) {
  QUARTZ_ASSIGN(const double before, server.process->cpu_seconds());
  QUARTZ_ASSIGN(const LoadResult answered, run(category, server));
  QUARTZ_ASSIGN(const double after, server.process->cpu_seconds());
  series.requests_per_second.push_back(answered.requests / answered.seconds);
  series.cpu_ns_per_request.push_back((after - before) * 1e9 / answered.requests);
  series.p50_ms.push_back(answered.p50_ms);
  series.p99_ms.push_back(answered.p99_ms);
  return {};
}

// So that everything that is asked for is there, and servers are as they are for most of their
// lives: so many writes take more log than Quartz keeps in memory, from where on it uses memory
// again. Until then a large part of a write is the host's, which has to find that memory.
Result<void> fill(const ServerPlan& plan, const std::vector<Running>& running) {
  for (const Running& server : running) {
    plan.progress(fmt::format("filling {}", server.kind->name));
    for (const HttpRequest& request : server.kind->preparation) {
      QUARTZ_TRY(send_request(request, server.port));
    }
    if (server.kind->speaks_http) continue;
    QUARTZ_TRY(
        run_resp_load({.command = "set", .depth = 64, .requests = kFillRequests}, server.port));
  }
  return {};
}

}  // namespace

std::vector<ServerCategory> server_categories() {
  std::vector<ServerCategory> categories;
  for (const char* const command : {"get", "set", "incr"}) {
    for (const unsigned depth : {1u, 16u, 64u}) {
      const std::uint64_t requests = depth == 1 ? 200'000 : depth == 16 ? 600'000 : 1'000'000;
      categories.push_back(
          {.name = fmt::format("resp_{}_depth_{}", command, depth),
           .load = RespLoad{.command = command, .depth = depth, .requests = requests}});
    }
  }
  for (const char* const request : {"get", "query_json", "query_binary"}) {
    categories.push_back(
        {.name = fmt::format("http_{}", request), .load = HttpLoad{.request = request}});
  }
  categories.push_back({.name = "query_in_process", .load = InProcessQuery()});
  return categories;
}

Result<std::vector<ServerRow>> measure_servers(const ServerPlan& plan) {
  QUARTZ_ASSIGN(const std::vector<Running> running, start_all(plan));
  QUARTZ_TRY(fill(plan, running));
  std::vector<ServerRow> rows;
  for (const ServerCategory& category : plan.categories) {
    if (std::holds_alternative<InProcessQuery>(category.load)) {
      plan.progress(category.name);
      QUARTZ_ASSIGN(auto series,
                    measure_query_in_process(plan.directory / "in_process", plan.repetitions));
      rows.push_back({category.name, "quartz, in process", std::move(series)});
      continue;
    }
    std::vector<const Running*> servers;
    for (const Running& server : running) {
      if (fits(category, *server.kind)) servers.push_back(&server);
    }
    std::vector<ServerSeries> series(servers.size());
    for (unsigned repetition = 0; repetition < plan.repetitions; ++repetition) {
      for (std::size_t turn = 0; turn < servers.size(); ++turn) {
        const std::size_t i = (repetition + turn) % servers.size();
        plan.progress(fmt::format("{}: {} of {}, {}", category.name, repetition + 1,
                                  plan.repetitions, servers[i]->kind->name));
        QUARTZ_TRY(measure_once(category, *servers[i], series[i]));
      }
    }
    for (std::size_t i = 0; i < servers.size(); ++i) {
      rows.push_back({category.name, servers[i]->kind->name, std::move(series[i])});
    }
  }
  return rows;
}

}  // namespace quartz::bench
