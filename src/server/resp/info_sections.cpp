#include "server/resp/info_sections.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <unistd.h>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "quartz/version.hpp"
#include "server/resp/redis_version.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/words.hpp"
#include "server/service/keys.hpp"

namespace quartz::server {
namespace {

using Lines = std::back_insert_iterator<std::string>;

Result<void> add_server(RespServer& server, Lines lines) {
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now() - server.started_at())
                          .count();
  fmt::format_to(lines, "redis_version:{}\r\nquartz_version:{}\r\n", kRedisVersion, version());
  fmt::format_to(lines, "redis_mode:standalone\r\nos:Linux\r\narch_bits:64\r\n");
  fmt::format_to(lines, "process_id:{}\r\nrun_id:{}\r\n", getpid(), server.run_id());
  fmt::format_to(lines, "uptime_in_seconds:{}\r\nuptime_in_days:{}\r\n", uptime, uptime / 86400);
  return {};
}

Result<void> add_clients(RespServer& server, Lines lines) {
  fmt::format_to(lines, "connected_clients:{}\r\nblocked_clients:{}\r\n", server.clients().size(),
                 server.key_waits().count());
  return {};
}

Result<void> add_memory(RespServer& server, Lines lines) {
  const Statistics now = server.service().engine().statistics();
  fmt::format_to(lines, "used_memory:{}\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n",
                 now.memtable_bytes + now.cache_bytes);
  return {};
}

Result<void> add_persistence(RespServer&, Lines lines) {
  fmt::format_to(lines, "loading:0\r\nasync_loading:0\r\naof_enabled:1\r\n");
  fmt::format_to(lines, "rdb_bgsave_in_progress:0\r\naof_rewrite_in_progress:0\r\n");
  return {};
}

Result<void> add_stats(RespServer& server, Lines lines) {
  fmt::format_to(lines, "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n",
                 server.connections_received(), server.commands_processed());
  fmt::format_to(lines, "total_error_replies:{}\r\n", server.statistics().error_count());
  fmt::format_to(lines, "pubsub_channels:{}\r\npubsub_patterns:{}\r\n",
                 server.service().publications().channels(std::nullopt).size(),
                 server.service().publications().pattern_count());
  return {};
}

Result<void> add_replication(RespServer&, Lines lines) {
  fmt::format_to(lines, "role:master\r\nconnected_slaves:0\r\n");
  return {};
}

Result<void> add_command_statistics(RespServer& server, Lines lines) {
  for (const auto& figures : server.statistics().all()) {
    const std::uint64_t calls = figures.latency.count();
    const double microseconds = static_cast<double>(figures.latency.sum()) / 1'000;
    fmt::format_to(lines,
                   "cmdstat_{}:calls={},usec={},usec_per_call={:.2f},rejected_calls={},"
                   "failed_calls={}\r\n",
                   figures.command->name, calls, figures.latency.sum() / 1'000,
                   calls == 0 ? 0.0 : microseconds / static_cast<double>(calls), figures.rejected,
                   figures.failed);
  }
  return {};
}

Result<void> add_error_statistics(RespServer& server, Lines lines) {
  for (const auto& [code, count] : server.statistics().errors().all()) {
    fmt::format_to(lines, "errorstat_{}:count={}\r\n", code, count);
  }
  return {};
}

Result<void> add_latency_statistics(RespServer& server, Lines lines) {
  const auto microseconds = [](const HistogramReading& latency, double quantile) {
    return static_cast<double>(latency.quantile(quantile)) / 1'000;
  };
  for (const auto& figures : server.statistics().all()) {
    if (figures.latency.count() == 0) continue;
    fmt::format_to(lines, "latency_percentiles_usec_{}:p50={:.3f},p99={:.3f},p99.9={:.3f}\r\n",
                   figures.command->name, microseconds(figures.latency, 0.5),
                   microseconds(figures.latency, 0.99), microseconds(figures.latency, 0.999));
  }
  return {};
}

Result<void> add_cluster(RespServer&, Lines lines) {
  fmt::format_to(lines, "cluster_enabled:0\r\n");
  return {};
}

Result<void> add_keyspace(RespServer& server, Lines lines) {
  Service& service = server.service();
  for (std::size_t number = 0; number < Databases::kCount; ++number) {
    const Database* const database = service.databases().find(number);
    if (database == nullptr) continue;
    Transaction transaction(service.engine());
    DatabaseView view = service.view(transaction, *database);
    QUARTZ_ASSIGN(const keys::KeyCounts counts, keys::counts(view));
    if (counts.keys == 0) continue;
    fmt::format_to(lines, "db{}:keys={},expires={},avg_ttl=0\r\n", number, counts.keys,
                   counts.expiring);
  }
  return {};
}

struct Section {
  std::string_view title;
  Result<void> (*add)(RespServer& server, Lines lines);
  bool by_default = true;
};
constexpr std::array kSections = {
    Section{"Server", add_server},
    Section{"Clients", add_clients},
    Section{"Memory", add_memory},
    Section{"Persistence", add_persistence},
    Section{"Stats", add_stats},
    Section{"Replication", add_replication},
    Section{"Commandstats", add_command_statistics, false},
    Section{"Errorstats", add_error_statistics},
    Section{"Latencystats", add_latency_statistics, false},
    Section{"Cluster", add_cluster},
    Section{"Keyspace", add_keyspace},
};

bool asked_for(const Section& section, std::span<const std::string_view> sections) {
  if (sections.empty()) return section.by_default;
  return std::ranges::any_of(sections, [&](std::string_view asked) {
    return is_same_word(asked, section.title) || is_same_word(asked, "ALL") ||
           is_same_word(asked, "EVERYTHING") ||
           (section.by_default && is_same_word(asked, "DEFAULT"));
  });
}

}  // namespace

Result<std::string> info_text(RespServer& server, std::span<const std::string_view> sections) {
  std::string text;
  for (const Section& section : kSections) {
    if (!asked_for(section, sections)) continue;
    if (!text.empty()) text += "\r\n";
    fmt::format_to(std::back_inserter(text), "# {}\r\n", section.title);
    QUARTZ_TRY(section.add(server, std::back_inserter(text)));
  }
  return text;
}

}  // namespace quartz::server
