// A limit on what each user may do in a time, which any number of processes share: a counter that
// goes away by itself.
#include <cstdint>
#include <iostream>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "quartz/client/client.hpp"
#include "quartz/server/server.hpp"

namespace asio = boost::asio;

namespace {

/// So many in so long, from the first one on.
struct Limit {
  std::int64_t requests_max = 0;
  std::string seconds;
};

/// Whether the user may do one thing more, which counts. An error if nobody knows; whether that
/// shall be a yes is up to the caller.
asio::awaitable<quartz::ClientResult<bool>> may_pass(quartz::Client& client, std::string user,
                                                     const Limit& limit) {
  const std::string key = "rate:" + user;
  // Together, so that no counter is left without an end. NX: later ones do not put it off.
  quartz::Batch batch;
  batch.add(quartz::commands::incr(key)).add({"EXPIRE", key, limit.seconds, "NX"});
  const auto replies = co_await client.async_exec(batch, asio::use_awaitable);
  if (!replies) co_return replies.error();
  const std::int64_t count = replies->front().integer().value_or(0);
  co_return count >= 1 && count <= limit.requests_max;
}

/// How many of `requests` passed; -1 if something failed.
asio::awaitable<int> count_passed(quartz::Client& client, std::string user, int requests) {
  const Limit limit{.requests_max = 10, .seconds = "60"};
  int passed = 0;
  for (int i = 0; i < requests; ++i) {
    const auto may = co_await may_pass(client, user, limit);
    if (!may) {
      std::cerr << may.error().to_string() << '\n';
      co_return -1;
    }
    passed += *may ? 1 : 0;
  }
  co_return passed;
}

asio::awaitable<void> run(quartz::Client& client, bool& as_expected) {
  const int of_anna = co_await count_passed(client, "anna", 25);
  const int of_bela = co_await count_passed(client, "bela", 5);
  std::cout << "anna: " << of_anna << " of 25, bela: " << of_bela << " of 5\n";
  const auto left = co_await client.async_ttl("rate:anna", asio::use_awaitable);
  as_expected = of_anna == 10 && of_bela == 5 && left.has_value();
  client.close();  // Otherwise the context would go on to keep its connection.
}

}  // namespace

int main() {
  auto engine = quartz::StorageEngine::open("rates").value();
  quartz::ServerConfig server_config;
  server_config.http.enabled = false;
  server_config.resp.port = 0;  // Any free one.
  auto server = quartz::Server::start(engine, server_config).value();

  quartz::ClientConfig config;
  config.endpoints = {"quartz://127.0.0.1:" + std::to_string(*server.resp_port())};

  bool as_expected = false;
  asio::io_context context(1);
  quartz::Client client(context.get_executor(), config);
  asio::co_spawn(context, run(client, as_expected), asio::detached);
  context.run();
  return as_expected ? 0 : 1;
}
