#include <optional>
#include <string>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/random.hpp"
#include "base/try.hpp"
#include "bench/client/client_kinds.hpp"
#include "quartz/client/client.hpp"
#include "quartz/version.hpp"

namespace quartz::bench {
namespace {

namespace asio = boost::asio;

ClientConfig config_for(const ClientLoad& load) {
  return {.endpoints = {fmt::format("quartz://127.0.0.1:{}", load.port)}};
}

// Coroutines that share a client, each asking for the next key when it has been answered. `Token`:
// how they wait.
template <class Token>
class AskingCoroutines {
 public:
  AskingCoroutines(const ClientLoad& load, unsigned count)
      : load_(load), count_(count), client_(context_.get_executor(), config_for(load)) {}

  // All of them together ask so often. The first error ends it.
  Result<void> ask(std::uint64_t operations) {
    running_ = count_;
    for (unsigned i = 0; i < count_; ++i) {
      const std::uint64_t share = operations / count_ + (i < operations % count_ ? 1 : 0);
      asio::co_spawn(context_, ask_one_by_one(share, i), asio::detached);
    }
    context_.restart();
    context_.run();
    if (failure_) return *failure_;
    return {};
  }

 private:
  asio::awaitable<void> ask_one_by_one(std::uint64_t operations, std::uint64_t seed) {
    Random random(seed);
    std::string value;
    for (; operations > 0 && !failure_; --operations) {
      const std::string& key = load_.keys[random.below(load_.keys.size())];
      const ClientResult<bool> found = co_await client_.async_get(key, value, Token());
      if (!found) {
        failure_ = Error(Errc::io_error, found.error().to_string());
      } else if (!*found || value.size() != load_.value_bytes) {
        failure_ = Error(Errc::corruption, "quartz::Client: a key holds another value");
      }
    }
    // The client has work for the context as long as it is open.
    if (--running_ == 0) context_.stop();
  }

  const ClientLoad& load_;
  const unsigned count_;
  asio::io_context context_{1};
  Client client_;
  unsigned running_ = 0;
  std::optional<Error> failure_;
};

template <class Token>
ClientKind coroutines(std::string name, unsigned count) {
  return {.name = std::move(name),
          .version = std::string(version()),
          .at_a_time = count,
          .measure = [count](const ClientLoad& load) -> Result<ClientCost> {
            AskingCoroutines<Token> asking(load, count);
            QUARTZ_TRY(asking.ask(load.warm_operations));
            const ClientMeter meter(load);
            QUARTZ_TRY(asking.ask(load.operations));
            return meter.cost();
          }};
}

}  // namespace

std::vector<ClientKind> quartz_client_kinds() {
  return {coroutines<asio::deferred_t>("quartz::Client, 50 coroutines", 50),
          coroutines<asio::use_awaitable_t<>>("quartz::Client, 50 coroutines, use_awaitable", 50),
          coroutines<asio::deferred_t>("quartz::Client, 1 coroutine", 1),
          coroutines<asio::use_awaitable_t<>>("quartz::Client, 1 coroutine, use_awaitable", 1)};
}

Result<void> store_keys(const ClientLoad& load) {
  Client client{config_for(load)};
  const std::string value(load.value_bytes, 'v');
  for (const std::string& key : load.keys) {
    const ClientResult<bool> stored = client.set(key, value);
    if (!stored) return Error(Errc::io_error, stored.error().to_string());
  }
  return {};
}

}  // namespace quartz::bench
