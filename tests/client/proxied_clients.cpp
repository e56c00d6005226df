#include "client/proxied_clients.hpp"

#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;

std::string url_of(std::uint16_t port) { return "quartz://127.0.0.1:" + std::to_string(port); }

}  // namespace

ProxiedClients::ProxiedClients(std::uint16_t server_port, std::uint64_t seed, ClientConfig config,
                               std::size_t count)
    : server_port_(server_port),
      request_timeout_(config.request_timeout),
      proxy_(server_port, seed) {
  config.endpoints = {url_of(proxy_.port())};
  for (std::size_t i = 0; i < count; ++i) clients_.emplace_back(context_.get_executor(), config);
}

void ProxiedClients::add(asio::awaitable<void> coroutine) {
  ++running_;
  asio::co_spawn(context_, std::move(coroutine), [this](std::exception_ptr failure) {
    EXPECT_EQ(failure, nullptr);
    // The clients have work for the context as long as they are open.
    if (--running_ == 0) context_.stop();
  });
}

void ProxiedClients::operation_ended(Clock::time_point begun) {
  ++ended_;
  EXPECT_LT(Clock::now() - begun, request_timeout_ + kPatience);
}

bool ProxiedClients::run() {
  context_.restart();
  while (running_ > 0) {
    const std::uint64_t ended_before = ended_;
    context_.run_for(request_timeout_ + kPatience);
    if (running_ > 0 && ended_ == ended_before) {
      ADD_FAILURE() << running_ << " operations hang";
      return false;
    }
  }
  return true;
}

asio::awaitable<void> ProxiedClients::reach_server(std::size_t which) {
  const auto until = Clock::now() + kPatience;
  bool reached = false;
  std::string last;
  while (!reached && Clock::now() < until) {
    const auto begun = Clock::now();
    const auto value = co_await client(which).async_get("reached", asio::use_awaitable);
    operation_ended(begun);
    reached = value.has_value();
    if (!reached) last = value.error().to_string();
  }
  EXPECT_TRUE(reached) << "client " << which << ": " << last;
}

bool ProxiedClients::server_has_no_other_client() {
  Client direct{patient_config(url_of(server_port_))};
  const auto until = Clock::now() + kPatience;
  while (Clock::now() < until) {
    const auto clients = direct.command({"INFO", "clients"});
    if (!clients || !clients->text()) return false;
    if (clients->text()->find("connected_clients:1\r\n") != std::string_view::npos) return true;
  }
  return false;
}

void ProxiedClients::heal() {
  proxy_.heal();
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < clients_.size(); ++i) add(reach_server(i));
  run();
  const std::chrono::duration<double, std::milli> took = Clock::now() - begun;
  recoveries_ms_.push_back(took.count());
}

std::uint64_t ProxiedClients::retries() const {
  std::uint64_t all = 0;
  for (const Client& client : clients_) all += client.metrics().retries;
  return all;
}

void ProxiedClients::close() {
  for (Client& client : clients_) client.close();
  context_.restart();
  context_.run_for(kPatience);
  EXPECT_TRUE(proxy_.wait_until([](const FaultCounts& counts) { return counts.open == 0; }));
  EXPECT_TRUE(server_has_no_other_client());
}

}  // namespace quartz::client
