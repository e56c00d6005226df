#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "client/client_fixture.hpp"
#include "client/proxied_clients.hpp"
#include "support/linearizability.hpp"
#include "support/number_from_environment.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using Action = RegisterAction;

constexpr std::uint64_t kOperations = 4'000;
constexpr std::size_t kClients = 3;
constexpr std::size_t kCoroutines = 2;  // Of each client.
// In a round all coroutines work on the same few registers, and then on other ones, so that what
// nobody knows the outcome of is not beside everything that comes later.
constexpr std::size_t kRegisters = 3;
constexpr std::uint64_t kOperationsInRound = 10;  // Of each coroutine.

ClientConfig hurried_config() {
  ClientConfig config;
  config.request_timeout = milliseconds(250);
  config.connect_timeout = milliseconds(100);
  config.heartbeat_interval = milliseconds(20);
  config.heartbeat_timeout = milliseconds(20);
  config.breaker.open_min = milliseconds(1);
  config.breaker.open_max = milliseconds(20);
  return config;
}

std::vector<std::string> words_of(const RegisterOperation& operation, const std::string& key) {
  const std::string argument = std::to_string(operation.argument);
  switch (operation.action) {
    case Action::get:
      return {"GET", key};
    case Action::set:
      return {"SET", key, argument};
    case Action::set_if_absent:
      return {"SET", key, argument, "NX"};
    case Action::exchange:
      return {"GETSET", key, argument};
    case Action::increment:
      return {"INCRBY", key, argument};
    case Action::remove:
      return {"DEL", key};
  }
  return {};
}

std::optional<std::int64_t> answer_in(const Reply& reply, Action action) {
  if (action == Action::set_if_absent) return reply.is_null() ? 0 : 1;
  if (action == Action::increment || action == Action::remove) return reply.integer();
  if (action == Action::set || !reply.text()) return std::nullopt;
  return std::stoll(std::string(*reply.text()));
}

/// Clients that work on registers at the same time, and what each of their operations was answered.
class RegisterRun {
 public:
  RegisterRun(std::uint16_t server_port, std::uint64_t seed)
      : random_(seed), clients_(server_port, seed, hurried_config(), kClients) {}

  FaultProxy& proxy() noexcept { return clients_.proxy(); }

  /// False if the test has failed.
  bool round() {
    histories_.assign(kRegisters, {});
    ++rounds_;
    for (std::size_t i = 0; i < kClients * kCoroutines; ++i) {
      clients_.add(go_on(i, random_.next()));
    }
    if (!clients_.run()) return false;
    for (const auto& history : histories_) {
      if (is_linearizable(history)) continue;
      ADD_FAILURE() << "round " << rounds_ << " has no order: " << testing::PrintToString(history);
      return false;
    }
    return true;
  }

  std::uint64_t answered() const noexcept { return answered_; }
  std::uint64_t unknown() const noexcept { return unknown_; }

 private:
  asio::awaitable<void> go_on(std::size_t coroutine, std::uint64_t seed) {
    Random random(seed);
    for (std::uint64_t i = 0; i < kOperationsInRound; ++i) {
      RegisterOperation operation;
      operation.action = static_cast<Action>(random.below(6));
      operation.argument = ++arguments_;
      const std::size_t which = random.below(kRegisters);
      co_await carry_out(coroutine, which, operation, random.one_in(2));
    }
  }

  asio::awaitable<void> carry_out(std::size_t coroutine, std::size_t which,
                                  RegisterOperation operation, bool repeat) {
    const std::string key = std::to_string(rounds_) + ":" + std::to_string(which);
    std::vector<std::string> words = words_of(operation, key);
    // A SET that is sent again on another connection may arrive twice, and late. With a key it is
    // carried out once all the same.
    if (operation.action != Action::get) {
      words.insert(words.begin(), {"QUARTZ.ONCE", "coroutine:" + std::to_string(coroutine),
                                   std::to_string(++sent_)});
    }
    const std::vector<std::string_view> views(words.begin(), words.end());
    Command<Reply> command(views);
    // Without being sent again, more of them end without anybody knowing their outcome.
    RequestOptions options;
    options.idempotency = repeat ? Idempotency::yes : Idempotency::no;
    Client& client = clients_.client(coroutine % kClients);
    const auto begun = ProxiedClients::Clock::now();
    operation.begun = ++now_;
    const auto reply = co_await client.async_run(std::move(command), options, asio::use_awaitable);
    clients_.operation_ended(begun);
    note(which, operation, reply);
  }

  void note(std::size_t which, RegisterOperation operation, const ClientResult<Reply>& reply) {
    if (reply) {
      operation.ended = ++now_;
      operation.answer = answer_in(*reply, operation.action);
      ++answered_;
    } else if (reply.error().executed() == Executed::no || operation.action == Action::get) {
      return;  // As if it had not been asked.
    } else {
      EXPECT_EQ(reply.error().executed(), Executed::unknown) << reply.error().to_string();
      ++unknown_;
    }
    histories_[which].push_back(operation);
  }

  Random random_;
  std::vector<std::vector<RegisterOperation>> histories_;
  std::uint64_t now_ = 0;
  std::uint64_t rounds_ = 0;
  std::int64_t arguments_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t unknown_ = 0;
  ProxiedClients clients_;  // Ends before what its coroutines use.
};

/// QUARTZ_FAULT_OPERATIONS are done per test, with QUARTZ_FAULT_SEED if one is given.
class ClientLinearizability : public ServedClient {
 protected:
  void run_with(std::uint64_t seed, const FaultProxy::Script& script) {
    seed = number_from_environment("QUARTZ_FAULT_SEED", seed);
    std::cout << "QUARTZ_FAULT_SEED=" << seed << '\n';
    static_cast<void>(url());  // Begins to serve.
    RegisterRun run(server_->resp_port().value(), seed);
    run.proxy().set_script(script);
    const std::uint64_t operations =
        number_from_environment("QUARTZ_FAULT_OPERATIONS", kOperations);
    constexpr std::uint64_t kRound = kClients * kCoroutines * kOperationsInRound;
    std::uint64_t histories = 0;
    for (std::uint64_t done = 0; done < operations; done += kRound) {
      if (!run.round()) return;
      histories += kRegisters;
    }
    std::cout << histories << " histories\n";
    std::cout << run.answered() << " answered, " << run.unknown() << " unknown; "
              << run.proxy().counts().connections << " connections\n";
    EXPECT_GT(run.answered(), operations / 2);
    EXPECT_GT(run.unknown(), 0u);
  }

  /// What the key holds after a client has set it to "early" by these words before the name, which
  /// arrived a second time after another client had set it to "late".
  std::string value_after_late_arrival(std::vector<std::string_view> prefix) {
    const std::string direct_url = url();
    FaultProxy proxy(server_->resp_port().value());
    ClientConfig config = patient_config("quartz://127.0.0.1:" + std::to_string(proxy.port()));
    config.heartbeat_interval = milliseconds(20);
    config.heartbeat_timeout = milliseconds(20);
    Client client{config};
    EXPECT_TRUE(client.get("k"));
    // The first connection keeps what it is given, and the next one passes everything.
    proxy.set_faults({.to_target = {.latency = std::chrono::hours(1000)}, .to_client = {}});
    proxy.set_script([](std::uint64_t, Random&) { return ConnectionFaults(); });
    prefix.insert(prefix.end(), {"SET", "k", "early"});
    RequestOptions options;
    options.idempotency = Idempotency::yes;
    EXPECT_TRUE(client.run(Command<Reply>(prefix), options));
    Client direct{patient_config(direct_url)};
    EXPECT_TRUE(direct.set("k", "late"));
    proxy.heal();
    EXPECT_TRUE(proxy.wait_until([](const FaultCounts& counts) { return counts.open == 1; }));
    return direct.get("k").value().value_or("");
  }
};

TEST_F(ClientLinearizability, is_kept_while_connections_are_reset) {
  run_with(1, [](std::uint64_t /*connection*/, Random& random) {
    ConnectionFaults faults;
    faults.to_target.end_after = random.below(8'000);
    faults.to_client.end_after = random.below(2'000);
    return faults;
  });
}

TEST_F(ClientLinearizability, is_kept_under_faults_of_every_kind) {
  run_with(2, [](std::uint64_t /*connection*/, Random& random) {
    ConnectionFaults faults = ConnectionFaults::any(random);
    // What is left whole at first ends later.
    if (!faults.to_client.end_after) faults.to_client.end_after = random.below(4'000);
    return faults;
  });
}

TEST_F(ClientLinearizability, needs_a_key_where_a_repeated_set_can_arrive_late) {
  EXPECT_EQ(value_after_late_arrival({}), "early");
  EXPECT_EQ(value_after_late_arrival({"QUARTZ.ONCE", "client", "1"}), "late");
}

}  // namespace
}  // namespace quartz::client
