#pragma once

// A client of quartz-server, and of servers that speak Redis's protocol, for applications that use
// Boost.Asio and for those that do not:
//
//   quartz::Client client{executor, {.endpoints = {"quartz://127.0.0.1:7379"}}};
//   auto value = co_await client.async_get("k", boost::asio::use_awaitable);
//
//   quartz::Client client{{.endpoints = {"quartz://127.0.0.1:7379"}}};   // On a thread of its own.
//   auto value = client.get("k");
//
// Commands that have no member of their own are in quartz/client/commands; `async_run` and `run`
// carry them out, and those that have no function there are words for `command`:
//
//   const auto hset = quartz::commands::hset("h", {{"field", "1"}});
//   auto added = co_await client.async_run(hset, token);
//   auto encoding = client.command({"OBJECT", "ENCODING", "h"});
//
// (GCC 12 compiles no list in braces within an expression that has a co_await.)
//
// All requests share a few connections, without waiting for each other's answers.
//
// Completion signatures: `void(ClientResult<T>)`. Any completion token works. The handler runs on
// its associated executor; without one, on the client's. Never inside the initiating call. Strings
// that are passed by view must stay as they are until the operation has been started, which
// handlers and `co_await` do within the expression. What handlers throw comes out of `run`.
//
// Every operation can be cancelled by its cancellation slot (terminal, partial): it fails with
// `cancelled`, the connection stays, and `ClientError::executed` tells whether the server may have
// carried it out. Its deadline is over all attempts, and whatever they wait for.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>

#include "quartz/client/client_config.hpp"
#include "quartz/client/client_error.hpp"
#include "quartz/client/client_metrics.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/command.hpp"
#include "quartz/client/commands/keys.hpp"
#include "quartz/client/commands/strings.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/completion.hpp"
#include "quartz/client/lease.hpp"
#include "quartz/client/reply.hpp"
#include "quartz/client/request_options.hpp"
#include "quartz/client/subscription.hpp"
#include "quartz/client/wait_options.hpp"
#include "quartz/export.hpp"

namespace quartz {
namespace client {

class Core;

/// Behind all operations of `Client`. `T`: what functions of quartz/client/commands are answered
/// with. The words are taken before it returns.
template <class T>
QUARTZ_EXPORT void start(const std::shared_ptr<Core>& core, EncodedCommand command,
                         const RequestOptions& options,
                         boost::asio::any_completion_handler<void(ClientResult<T>)> handler);
/// The same, of words.
template <class T>
QUARTZ_EXPORT void start(const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
                         const RequestOptions& options,
                         boost::asio::any_completion_handler<void(ClientResult<T>)> handler);
/// The answer, a string, is put into `into`, if there is one.
QUARTZ_EXPORT void start_into(
    const std::shared_ptr<Core>& core, std::span<const std::string_view> words,
    const RequestOptions& options, std::string& into,
    boost::asio::any_completion_handler<void(ClientResult<bool>)> handler);
/// What `async_subscribe` calls.
QUARTZ_EXPORT void start_subscription(
    const std::shared_ptr<Core>& core, SubscriptionConfig config, const WaitOptions& options,
    boost::asio::any_completion_handler<void(ClientResult<Subscription>)> handler);
/// What `async_lease` calls.
QUARTZ_EXPORT void start_lease(
    const std::shared_ptr<Core>& core, const WaitOptions& options,
    boost::asio::any_completion_handler<void(ClientResult<Lease>)> handler);

}  // namespace client

/// See the head of this file. Connects with the first request, and again by itself.
///
/// Threads: all calls may run at the same time, except moving the client and destroying it.
/// Blocking calls must not run on the thread that runs the client's executor: they would wait for
/// themselves.
///
/// Forks: in a child process all calls fail with `forked`, of leases and subscriptions too, and
/// handlers that name no executor are told from within. It may be destroyed there.
class QUARTZ_EXPORT Client {
 public:
  /// What completion handlers run on unless they name their own.
  using executor_type = boost::asio::any_io_executor;

  /// Of a configuration that makes no sense every request fails; `check` tells before. The
  /// executor's context must outlive the client, and has work to do until the client is closed.
  explicit Client(executor_type executor, ClientConfig config = {});
  /// On a thread of its own, which ends with it. There handlers must not throw.
  explicit Client(ClientConfig config = {});
  /// One owner of connections and requests: what was moved from may only be destroyed or assigned
  /// to.
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;  ///< Closes what it was before.
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  /// Closes. A client with a thread of its own must not be destroyed on that.
  ~Client();

  /// Requests under way fail with `closed`, and so does everything from now on. Returns at once.
  void close();
  executor_type get_executor() const noexcept;  ///< What the client itself runs on.

  /// What it has done since it was made. Does not disturb it.
  ClientMetrics metrics() const;
  /// The same, with whole histograms, in the text format of OpenMetrics 1.0, for a page that is
  /// scraped.
  std::string metrics_text() const;

  // Any command.

  /// Completes with the reply, as the value that `T` stands for.
  template <class T, class CompletionToken>
  auto async_run(Command<T> command, RequestOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class T, class CompletionToken>
  auto async_run(Command<T> command, CompletionToken&& token) {
    return async_run(std::move(command), RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_run`, and waits for it.
  template <class T>
  ClientResult<T> run(Command<T> command, RequestOptions options = {});

  /// From the name on; a `Reply`. Nothing that waits, subscribes or changes the connection (BLPOP,
  /// SUBSCRIBE, SELECT, WATCH): it is shared. `lease` lends others.
  template <class CompletionToken>
  auto async_command(std::initializer_list<std::string_view> words, RequestOptions options,
                     CompletionToken&& token) {
    return async_run(Command<Reply>(words), options, std::forward<CompletionToken>(token));
  }
  /// As `async_command`, and waits for it.
  ClientResult<Reply> command(std::initializer_list<std::string_view> words,
                              RequestOptions options = {}) {
    return run(Command<Reply>(words), options);
  }

  /// All of the batch or nothing: one reply for each command, of which some may be errors; the
  /// others are carried out all the same. `rejected`, and nothing carried out, if a command is
  /// wrong in itself.
  template <class CompletionToken>
  auto async_exec(const Batch& batch, RequestOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_exec(const Batch& batch, CompletionToken&& token) {
    return async_exec(batch, RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_exec`, and waits for it.
  ClientResult<std::vector<Reply>> exec(const Batch& batch, RequestOptions options = {});

  // Channels.

  /// A connection of its own on which messages come, once the server has confirmed all channels and
  /// patterns: what is published from then on is heard. Fails as a request would: after
  /// `RetryConfig::attempts_max` attempts to connect, or when the time is over, which is
  /// `ClientConfig::request_timeout` unless the options say otherwise.
  template <class CompletionToken>
  auto async_subscribe(SubscriptionConfig config, WaitOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_subscribe(SubscriptionConfig config, CompletionToken&& token) {
    return async_subscribe(std::move(config), WaitOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_subscribe`, and waits for it.
  ClientResult<Subscription> subscribe(SubscriptionConfig config, WaitOptions options = {});

  // Connections of one's own.

  /// Lends a connection to the caller: for transactions that watch keys, for commands that wait,
  /// and for what changes the connection. Waits for one, for `LeaseConfig::acquire_timeout` unless
  /// the options say otherwise, but never without end: a timeout of 0 is `invalid_argument`. Fails
  /// with `timed_out`, with `overloaded` if too many wait already, or as a request would after
  /// `RetryConfig::attempts_max` attempts to connect.
  template <class CompletionToken>
  auto async_lease(WaitOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_lease(CompletionToken&& token) {
    return async_lease(WaitOptions{}, std::forward<CompletionToken>(token));
  }
  ClientResult<Lease> lease(WaitOptions options = {});  ///< As `async_lease`, and waits for it.

  // Strings and keys: as the functions of the same names in `quartz::commands`. But `get` and
  // `async_get` may be answered by `ClientConfig::near_cache`, which those always pass by.

  /// `commands::get`, or the near cache's answer.
  template <class CompletionToken>
  auto async_get(std::string_view key, RequestOptions options, CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_get(std::string_view key, CompletionToken&& token) {
    return async_get(key, RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// Puts what the key holds into `into`, and tells whether it holds anything; `into` must stay
  /// until then. In the long run such reads allocate nothing.
  template <class CompletionToken>
  auto async_get(std::string_view key, std::string& into, RequestOptions options,
                 CompletionToken&& token);
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_get(std::string_view key, std::string& into, CompletionToken&& token) {
    return async_get(key, into, RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_get`, and waits for it.
  ClientResult<std::optional<std::string>> get(std::string_view key, RequestOptions options = {});

  /// `commands::set`.
  template <class CompletionToken>
  auto async_set(std::string_view key, std::string_view value, const SetOptions& how,
                 CompletionToken&& token) {
    return async_run(commands::set(key, value, how), std::forward<CompletionToken>(token));
  }
  /// `commands::set`, without conditions or expiry.
  template <class CompletionToken>
  auto async_set(std::string_view key, std::string_view value, CompletionToken&& token);
  /// `commands::set`, and waits for it.
  ClientResult<bool> set(std::string_view key, std::string_view value, const SetOptions& how = {}) {
    return run(commands::set(key, value, how));
  }

  /// `commands::del`.
  template <class CompletionToken>
  auto async_del(const Names& keys, CompletionToken&& token) {
    return async_run(commands::del(keys), std::forward<CompletionToken>(token));
  }
  /// `commands::del`, and waits for it.
  ClientResult<std::int64_t> del(const Names& keys) { return run(commands::del(keys)); }

  /// `commands::exists`.
  template <class CompletionToken>
  auto async_exists(const Names& keys, CompletionToken&& token) {
    return async_run(commands::exists(keys), std::forward<CompletionToken>(token));
  }
  /// `commands::exists`, and waits for it.
  ClientResult<std::int64_t> exists(const Names& keys) { return run(commands::exists(keys)); }

  /// `commands::expire`.
  template <class CompletionToken>
  auto async_expire(std::string_view key, std::chrono::milliseconds after,
                    CompletionToken&& token) {
    return async_run(commands::expire(key, after), std::forward<CompletionToken>(token));
  }
  /// `commands::expire`, and waits for it.
  ClientResult<bool> expire(std::string_view key, std::chrono::milliseconds after) {
    return run(commands::expire(key, after));
  }

  /// `commands::ttl`.
  template <class CompletionToken>
  auto async_ttl(std::string_view key, CompletionToken&& token) {
    return async_run(commands::ttl(key), std::forward<CompletionToken>(token));
  }
  /// `commands::ttl`, and waits for it.
  ClientResult<TimeToLive> ttl(std::string_view key) { return run(commands::ttl(key)); }

  /// `commands::incr`.
  template <class CompletionToken>
  auto async_incr(std::string_view key, CompletionToken&& token) {
    return async_run(commands::incr(key), std::forward<CompletionToken>(token));
  }
  /// `commands::incr`, and waits for it.
  ClientResult<std::int64_t> incr(std::string_view key) { return run(commands::incr(key)); }

  /// `commands::incrby`.
  template <class CompletionToken>
  auto async_incrby(std::string_view key, std::int64_t by, CompletionToken&& token) {
    return async_run(commands::incrby(key, by), std::forward<CompletionToken>(token));
  }
  /// `commands::incrby`, and waits for it.
  ClientResult<std::int64_t> incrby(std::string_view key, std::int64_t by) {
    return run(commands::incrby(key, by));
  }

  /// `commands::append`.
  template <class CompletionToken>
  auto async_append(std::string_view key, std::string_view text, CompletionToken&& token) {
    return async_run(commands::append(key, text), std::forward<CompletionToken>(token));
  }
  /// `commands::append`, and waits for it.
  ClientResult<std::int64_t> append(std::string_view key, std::string_view text) {
    return run(commands::append(key, text));
  }

  /// `commands::mget`.
  template <class CompletionToken>
  auto async_mget(const Names& keys, CompletionToken&& token) {
    return async_run(commands::mget(keys), std::forward<CompletionToken>(token));
  }
  /// `commands::mget`, and waits for it.
  ClientResult<std::vector<std::optional<std::string>>> mget(const Names& keys) {
    return run(commands::mget(keys));
  }

  /// `commands::mset`.
  template <class CompletionToken>
  auto async_mset(const NamedTexts& values, CompletionToken&& token) {
    return async_run(commands::mset(values), std::forward<CompletionToken>(token));
  }
  /// `commands::mset`, and waits for it.
  ClientResult<void> mset(const NamedTexts& values) { return run(commands::mset(values)); }

  /// `commands::getdel`.
  template <class CompletionToken>
  auto async_getdel(std::string_view key, CompletionToken&& token) {
    return async_run(commands::getdel(key), std::forward<CompletionToken>(token));
  }
  /// `commands::getdel`, and waits for it.
  ClientResult<std::optional<std::string>> getdel(std::string_view key) {
    return run(commands::getdel(key));
  }

  /// `commands::getset`.
  template <class CompletionToken>
  auto async_getset(std::string_view key, std::string_view value, CompletionToken&& token) {
    return async_run(commands::getset(key, value), std::forward<CompletionToken>(token));
  }
  /// `commands::getset`, and waits for it.
  ClientResult<std::optional<std::string>> getset(std::string_view key, std::string_view value) {
    return run(commands::getset(key, value));
  }

 private:
  class OwnThread;

  void let_go() noexcept;

  // Nothing, or why a call must not wait here.
  std::optional<ClientError> refuse_to_block() const;
  template <class T, class Start>
  ClientResult<T> wait_for(Start start) {
    if (auto refusal = refuse_to_block()) return *std::move(refusal);
    client::Outcome<T> outcome;
    start(outcome.handler());
    return outcome.wait();
  }

  std::unique_ptr<OwnThread> thread_;
  std::shared_ptr<client::Core> core_;  // Null only after a move.
};

template <class T, class CompletionToken>
auto Client::async_run(Command<T> command, RequestOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<T>)>(
      [](auto handler, std::shared_ptr<client::Core> core, client::EncodedCommand encoded,
         RequestOptions with) {
        client::start<T>(core, std::move(encoded), with, client::erase_type<T>(std::move(handler)));
      },
      token, core_, std::move(command.encoded_), options);
}

template <class T>
ClientResult<T> Client::run(Command<T> command, RequestOptions options) {
  return wait_for<T>([&](auto handler) {
    client::start<T>(core_, std::move(command.encoded_), options, std::move(handler));
  });
}

template <class CompletionToken>
auto Client::async_exec(const Batch& batch, RequestOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<std::vector<Reply>>)>(
      [](auto handler, std::shared_ptr<client::Core> core, client::EncodedCommand encoded,
         RequestOptions with) {
        client::start<std::vector<Reply>>(
            core, std::move(encoded), with,
            client::erase_type<std::vector<Reply>>(std::move(handler)));
      },
      token, core_, batch.encoded(), options);
}

template <class CompletionToken>
auto Client::async_subscribe(SubscriptionConfig config, WaitOptions options,
                             CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<Subscription>)>(
      [](auto handler, std::shared_ptr<client::Core> core, SubscriptionConfig wanted,
         WaitOptions with) {
        client::start_subscription(core, std::move(wanted), with,
                                   client::erase_type<Subscription>(std::move(handler)));
      },
      token, core_, std::move(config), options);
}

template <class CompletionToken>
auto Client::async_lease(WaitOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<Lease>)>(
      [](auto handler, std::shared_ptr<client::Core> core, WaitOptions with) {
        client::start_lease(core, with, client::erase_type<Lease>(std::move(handler)));
      },
      token, core_, options);
}

template <class CompletionToken>
auto Client::async_get(std::string_view key, RequestOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken,
                                     void(ClientResult<std::optional<std::string>>)>(
      [](auto handler, std::shared_ptr<client::Core> core, std::string_view wanted,
         RequestOptions with) {
        const std::string_view words[] = {"GET", wanted};
        client::start<std::optional<std::string>>(
            core, words, with, client::erase_type<std::optional<std::string>>(std::move(handler)));
      },
      token, core_, key, options);
}

template <class CompletionToken>
auto Client::async_get(std::string_view key, std::string& into, RequestOptions options,
                       CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<bool>)>(
      [](auto handler, std::shared_ptr<client::Core> core, std::string_view wanted,
         RequestOptions with, std::string* to) {
        const std::string_view words[] = {"GET", wanted};
        client::start_into(core, words, with, *to, client::erase_type<bool>(std::move(handler)));
      },
      token, core_, key, options, &into);
}

template <class CompletionToken>
auto Client::async_set(std::string_view key, std::string_view value, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(ClientResult<bool>)>(
      [](auto handler, std::shared_ptr<client::Core> core, std::string_view name,
         std::string_view text) {
        const std::string_view words[] = {"SET", name, text};
        client::start<bool>(core, words, RequestOptions{},
                            client::erase_type<bool>(std::move(handler)));
      },
      token, core_, key, value);
}

}  // namespace quartz
