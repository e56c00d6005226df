// Fifty coroutines that know nothing of each other share one connection. What they ask in the same
// moment goes out in one write, as if somebody had built a pipeline by hand.
#include <cstdint>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "quartz/client/client.hpp"
#include "quartz/server/server.hpp"

namespace asio = boost::asio;

namespace {

constexpr int kCoroutines = 50;
constexpr int kPeople = 10'000;

std::string key_of(int person) { return "person:" + std::to_string(person); }

/// What all coroutines together have done.
struct Progress {
  int running = kCoroutines;
  int next = 0;
  std::uint64_t bytes = 0;
  bool failed = false;
};

asio::awaitable<bool> store_people(quartz::Client& client) {
  std::vector<std::pair<std::string, std::string>> people;
  people.reserve(kPeople);
  for (int person = 0; person < kPeople; ++person) {
    people.emplace_back(key_of(person), "Person " + std::to_string(person));
  }
  const quartz::NamedTexts views(people.begin(), people.end());
  const auto stored = co_await client.async_mset(views, asio::deferred);
  if (!stored) std::cerr << stored.error().to_string() << '\n';
  co_return stored.has_value();
}

// Whoever is free takes the next one.
asio::awaitable<void> read_people(quartz::Client& client, Progress& progress) {
  std::string name;  // Is used again and again, so that reading allocates nothing.
  while (progress.next < kPeople && !progress.failed) {
    const std::string key = key_of(progress.next++);
    const auto found = co_await client.async_get(key, name, asio::deferred);
    if (!found || !*found) {
      std::cerr << key << ": " << (found ? "is gone" : found.error().to_string()) << '\n';
      progress.failed = true;
    } else {
      progress.bytes += name.size();
    }
  }
  // The client has work for the context until it is closed.
  if (--progress.running == 0) client.close();
}

asio::awaitable<void> run(quartz::Client& client, Progress& progress) {
  const bool stored = co_await store_people(client);
  if (!stored) {
    progress.failed = true;
    client.close();
    co_return;
  }
  const auto executor = client.get_executor();
  for (int i = 0; i < kCoroutines; ++i) {
    asio::co_spawn(executor, read_people(client, progress), asio::detached);
  }
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("people").value();
  quartz::ServerConfig server_config;
  server_config.http.enabled = false;
  server_config.resp.port = 0;  // Any free one.
  auto server = quartz::Server::start(engine, server_config).value();

  quartz::ClientConfig config;
  config.endpoints = {"quartz://127.0.0.1:" + std::to_string(*server.resp_port())};

  Progress progress;
  asio::io_context context(1);
  quartz::Client client(context.get_executor(), config);
  asio::co_spawn(context, run(client, progress), asio::detached);
  context.run();
  std::cout << progress.next << " people, " << progress.bytes << " bytes of names\n";
  return progress.failed || progress.next != kPeople ? 1 : 0;
}
