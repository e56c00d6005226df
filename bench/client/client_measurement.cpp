#include "bench/client/client_measurement.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/measure/process_usage.hpp"

namespace quartz::bench {
namespace {

std::uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(now).count());
}

Result<void> measure_once(const ClientKind& client, const ClientLoad& load, ClientSeries& series) {
  QUARTZ_ASSIGN(const ClientCost cost, client.measure(load));
  series.operations_per_second.push_back(cost.operations_per_second);
  series.cpu_ns_per_operation.push_back(cost.cpu_ns_per_operation);
  if (load.allocations) {
    series.allocations_per_operation.push_back(cost.allocations_per_operation);
  }
  return {};
}

}  // namespace

ClientMeter::ClientMeter(const ClientLoad& load)
    : load_(load),
      allocations_(allocations()),
      cpu_ns_(process_usage().cpu_ns),
      wall_ns_(now_ns()) {}

ClientCost ClientMeter::cost() const {
  const auto wall_ns = static_cast<double>(now_ns() - wall_ns_);
  const auto cpu_ns = static_cast<double>(process_usage().cpu_ns - cpu_ns_);
  const auto made = static_cast<double>(allocations() - allocations_);
  const auto operations = static_cast<double>(load_.operations);
  return {.operations_per_second = operations * 1e9 / wall_ns,
          .cpu_ns_per_operation = cpu_ns / operations,
          .allocations_per_operation = made / operations};
}

std::vector<ClientCategory> client_categories() {
  return {{.name = "get_50_at_a_time", .at_a_time = 50, .operations = 200'000},
          {.name = "get_one_at_a_time", .at_a_time = 1, .operations = 40'000}};
}

Result<std::vector<ClientRow>> measure_clients(const ClientPlan& plan) {
  std::vector<ClientRow> rows;
  ClientLoad load = plan.load;
  for (const ClientCategory& category : plan.categories) {
    load.operations = category.operations;
    std::vector<const ClientKind*> clients;
    for (const ClientKind& client : plan.clients) {
      if (client.at_a_time == category.at_a_time) clients.push_back(&client);
    }
    std::vector<ClientSeries> series(clients.size());
    for (unsigned repetition = 0; repetition < plan.repetitions; ++repetition) {
      for (std::size_t turn = 0; turn < clients.size(); ++turn) {
        const std::size_t i = (repetition + turn) % clients.size();
        plan.progress(fmt::format("{}: {} of {}, {}", category.name, repetition + 1,
                                  plan.repetitions, clients[i]->name));
        QUARTZ_TRY(measure_once(*clients[i], load, series[i]));
      }
    }
    for (std::size_t i = 0; i < clients.size(); ++i) {
      rows.push_back({category.name, clients[i]->name, std::move(series[i])});
    }
  }
  return rows;
}

}  // namespace quartz::bench
