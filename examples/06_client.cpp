// A server and its clients in one program: a coroutine that shares a connection with others, and a
// thread that waits for each answer.
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "quartz/client/client.hpp"
#include "quartz/client/commands/channels.hpp"
#include "quartz/client/commands/hashes.hpp"
#include "quartz/client/scan.hpp"
#include "quartz/server/server.hpp"

namespace asio = boost::asio;

namespace {

asio::awaitable<bool> talk(quartz::Client& client) {
  const auto stored = co_await client.async_set("greeting", "hello", asio::use_awaitable);
  if (!stored) {
    // What went wrong, whether it was done all the same, and why it was not tried again.
    std::cerr << stored.error().to_string() << '\n';
    co_return false;
  }
  const auto value = co_await client.async_get("greeting", asio::use_awaitable);
  std::cout << value.value().value_or("(none)") << '\n';

  const auto hset = quartz::commands::hset("fruit", {{"apple", "3"}, {"pear", "5"}});
  const auto added = co_await client.async_run(hset, asio::use_awaitable);
  std::cout << added.value() << " fields\n";

  // All of it or nothing, in one write.
  quartz::Batch batch;
  batch.add(quartz::commands::incr("visits")).add(quartz::commands::get("greeting"));
  const auto replies = co_await client.async_exec(batch, asio::use_awaitable);
  for (const quartz::Reply& reply : replies.value()) std::cout << reply.to_string() << '\n';
  co_return replies.value().size() == 2;
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("client_data").value();
  quartz::ServerConfig server_config;
  server_config.http.enabled = false;
  server_config.resp.port = 0;  // Any free one.
  auto server = quartz::Server::start(engine, server_config).value();
  const std::string url = "quartz://127.0.0.1:" + std::to_string(*server.resp_port());

  quartz::ClientConfig config;
  config.endpoints = {url};

  bool talked = false;
  asio::io_context context;
  quartz::Client client(context.get_executor(), config);
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        talked = co_await talk(client);
        client.close();  // Otherwise the context would go on to keep its connection.
      },
      asio::detached);
  context.run();

  // Without a loop: the client has a thread of its own.
  quartz::Client blocking(config);
  const auto visits = blocking.incr("visits");
  std::cout << visits.value() << " visits\n";

  // What the server holds, page by page.
  std::size_t fields = 0;
  auto fruit = quartz::hscan(blocking, "fruit");
  for (auto page = fruit.next(); page && *page; page = fruit.next()) fields += (*page)->size();
  std::cout << fields << " fields\n";

  // What is published, over a connection of its own.
  auto subscription = blocking.subscribe({.channels = {"news"}}).value();
  const auto heard = blocking.run(quartz::commands::publish("news", "it rains"));
  const auto event = subscription.next();
  const auto* const message = event ? std::get_if<quartz::Message>(&*event) : nullptr;
  if (heard.value() != 1 || message == nullptr) return 1;
  std::cout << message->channel << ": " << message->payload << '\n';

  // Values that are read often are kept, until the server tells that somebody has changed them.
  config.near_cache = quartz::NearCacheConfig{.bytes_max = 1 << 20};
  quartz::Client near(config);
  for (int i = 0; i < 1000; ++i) {
    if (near.get("greeting").value() != "hello") return 1;
  }
  return talked && visits.value() == 2 && fields == 2 ? 0 : 1;
}
