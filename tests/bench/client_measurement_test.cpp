#include "bench/client/client_measurement.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/client/client_kinds.hpp"
#include "support/result_matchers.hpp"

namespace quartz::bench {
namespace {

using testing::ElementsAre;
using testing::Gt;
using testing::IsEmpty;
using testing::SizeIs;

std::uint64_t no_allocation() { return 0; }

/// A client that writes down when its turn is and what it was asked for, and asks nobody.
ClientKind recorder(std::string name, unsigned at_a_time, std::vector<std::string>& turns) {
  return {.name = name,
          .version = "1",
          .at_a_time = at_a_time,
          .measure = [name, &turns](const ClientLoad& load) -> Result<ClientCost> {
            turns.push_back(name + " " + std::to_string(load.operations));
            return ClientCost{.operations_per_second = 1, .cpu_ns_per_operation = 2};
          }};
}

ClientPlan plan_with(std::vector<std::string>& turns) {
  ClientPlan plan;
  plan.clients = {recorder("a", 50, turns), recorder("b", 50, turns), recorder("c", 1, turns)};
  plan.categories = {{.name = "many", .at_a_time = 50, .operations = 9},
                     {.name = "one", .at_a_time = 1, .operations = 7}};
  plan.repetitions = 2;
  plan.progress = [](const std::string&) {};
  return plan;
}

TEST(ClientMeasurement, clients_of_a_category_take_turns_with_another_one_first) {
  std::vector<std::string> turns;
  const auto rows = measure_clients(plan_with(turns));
  ASSERT_THAT(rows, Succeeds());
  EXPECT_THAT(turns, ElementsAre("a 9", "b 9", "b 9", "a 9", "c 7", "c 7"));
  ASSERT_THAT(*rows, SizeIs(3));
  EXPECT_EQ((*rows)[2].category, "one");
  EXPECT_EQ((*rows)[2].client, "c");
  EXPECT_THAT((*rows)[2].series.cpu_ns_per_operation, ElementsAre(2, 2));
}

TEST(ClientMeasurement, allocations_are_listed_only_where_they_are_counted) {
  std::vector<std::string> turns;
  ClientPlan plan = plan_with(turns);
  EXPECT_THAT(measure_clients(plan).value()[0].series.allocations_per_operation, IsEmpty());
  plan.load.allocations = no_allocation;
  EXPECT_THAT(measure_clients(plan).value()[0].series.allocations_per_operation, SizeIs(2));
}

TEST(ClientMeasurement, the_first_failure_ends_it) {
  std::vector<std::string> turns;
  ClientPlan plan = plan_with(turns);
  plan.clients[1].measure = [](const ClientLoad&) -> Result<ClientCost> {
    return Error(Errc::io_error, "refused");
  };
  EXPECT_THAT(measure_clients(plan), FailsWith(Errc::io_error, "refused"));
  EXPECT_THAT(turns, ElementsAre("a 9"));
}

TEST(ClientMeasurement, a_cost_is_that_of_an_operation) {
  static std::uint64_t allocations;
  allocations = 5;
  ClientLoad load;
  load.operations = 10;
  load.allocations = [] { return allocations; };
  const ClientMeter meter(load);
  allocations = 25;
  EXPECT_EQ(meter.cost().allocations_per_operation, 2);
  EXPECT_THAT(meter.cost().operations_per_second, Gt(0));
}

TEST(ClientKinds, every_category_has_clients_and_quartz_comes_first) {
  const auto kinds = client_kinds();
  for (const ClientCategory& category : client_categories()) {
    const auto first = std::ranges::find(kinds, category.at_a_time, &ClientKind::at_a_time);
    ASSERT_NE(first, kinds.end()) << category.name;
    EXPECT_THAT(first->name, testing::StartsWith("quartz::Client")) << category.name;
  }
}

TEST(ClientKinds, whoever_finds_no_server_fails) {
  ClientLoad load;
  load.port = 1;
  load.keys = {"key"};
  load.operations = 1;
  for (const ClientKind& kind : client_kinds()) {
    EXPECT_THAT(kind.measure(load), FailsWith(Errc::io_error)) << kind.name;
  }
}

}  // namespace
}  // namespace quartz::bench
