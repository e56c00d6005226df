#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bench/measure/measurement.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// What a client asks of a server: GET of keys in random order.
struct ClientLoad {
  std::uint16_t port = 0;  ///< Of the loopback address.
  std::vector<std::string> keys;
  std::size_t value_bytes = 0;  ///< What each of them holds; whoever is answered less, fails.
  std::uint64_t operations = 0;
  /// Before those that count, on the same connection.
  std::uint64_t warm_operations = 10'000;
  /// How many allocations the thread has made so far. Empty: they are not counted.
  std::uint64_t (*allocations)() = nullptr;
};

/// What a load has cost.
struct ClientCost {
  double operations_per_second = 0;
  double cpu_ns_per_operation = 0;  ///< Of all threads of the client.
  double allocations_per_operation = 0;
};

/// From its construction to `cost()`.
class ClientMeter {
 public:
  explicit ClientMeter(const ClientLoad& load);
  ClientCost cost() const;

 private:
  std::uint64_t allocations() const { return load_.allocations ? load_.allocations() : 0; }

  const ClientLoad& load_;
  std::uint64_t allocations_;
  std::uint64_t cpu_ns_;
  std::uint64_t wall_ns_;
};

/// A client that can be measured.
struct ClientKind {
  std::string name;
  std::string version;
  unsigned at_a_time = 1;  ///< Operations under way.
  /// On a connection of its own, which is closed at the end; everything on the calling thread.
  std::function<Result<ClientCost>(const ClientLoad& load)> measure;
};

/// Clients that have as many operations under way are compared.
struct ClientCategory {
  std::string name;
  unsigned at_a_time = 1;
  std::uint64_t operations = 0;
};
std::vector<ClientCategory> client_categories();

/// One client in one category, an element for each repetition.
struct ClientSeries {
  std::vector<double> operations_per_second;
  std::vector<double> cpu_ns_per_operation;
  std::vector<double> allocations_per_operation;  ///< Empty if they were not counted.
};

struct ClientRow {
  std::string category;
  std::string client;
  ClientSeries series;
};

struct ClientRunResult {
  RunResult::Machine machine;
  std::map<std::string, std::string> versions;  ///< By client.
  std::string server;                           ///< Which one, and its version.
  std::string started_at;
  std::vector<ClientRow> rows;  ///< By category; in each, Quartz's first.
};

struct ClientPlan {
  std::vector<ClientKind> clients;
  std::vector<ClientCategory> categories;
  unsigned repetitions = 5;
  ClientLoad load = {};  ///< `operations` is that of the category.
  std::function<void(const std::string& what)> progress;
};

/// Lets the clients of a category take turns in every repetition, with another one first each time.
/// The server has all keys already.
Result<std::vector<ClientRow>> measure_clients(const ClientPlan& plan);

}  // namespace quartz::bench
