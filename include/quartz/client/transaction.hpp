#pragma once

// Read, decide, write, and do it again if another one was faster:
//
//   auto done = quartz::transact(client, "stock", [](Lease& lease) -> ClientResult<Batch> {
//     auto left = lease.run(commands::get("stock"));
//     if (!left) return left.error();
//     return Batch().add(commands::set("stock", fewer(*left)));
//   });
//
// and of coroutines:
//
//   auto done = co_await quartz::async_transact(client, "stock", prepare);

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "quartz/client/client.hpp"
#include "quartz/client/client_error.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/lease.hpp"
#include "quartz/client/reply.hpp"
#include "quartz/client/request_options.hpp"
#include "quartz/client/wait_options.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// How often, and how long, a transaction is tried.
struct TransactionOptions {
  std::uint32_t attempts_max = 16;  ///< The first included; at least 1.
  /// Over all attempts, and the wait for a lease. 0: none. What `prepare` runs has deadlines of its
  /// own; the next attempt does not begin once this one has passed.
  std::chrono::milliseconds timeout{2'000};
  /// Besides: the earlier of the two counts.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

namespace client {

/// The attempts of one transaction.
class QUARTZ_EXPORT TransactionAttempts {
 public:
  explicit TransactionAttempts(const TransactionOptions& options);  ///< Begins to count now.

  /// Of each of its requests, and of the wait for a lease: `ClientConfig` says how long, but not
  /// beyond the deadline of all.
  RequestOptions request() const noexcept { return {.timeout = {}, .deadline = deadline_}; }
  /// The same for what waits without a request.
  WaitOptions wait() const noexcept { return {.timeout = {}, .deadline = deadline_}; }
  /// Nothing: it is worth another attempt. Or what the caller is told.
  std::optional<ClientError> give_up(const ClientError& failure);
  /// What it means to the transaction that its keys could not be watched: nothing was done.
  static ClientError of_watching(const ClientError& failure);
  /// Whether a failure is one of a connection: a new one may do better.
  static bool needs_another_lease(const ClientError& failure) noexcept;

 private:
  const std::uint32_t attempts_max_;
  std::uint32_t failures_ = 0;
  std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace client

/// Watches the keys, has `prepare(lease)` read by the lease and tell what is to be done, a
/// `ClientResult<Batch>`, and does it if none of the keys has changed meanwhile; otherwise all of
/// it again. An error of `prepare` ends it. Fails with `aborted` if another one was faster each
/// time, and otherwise as requests do; if `executed` is unknown, the last batch may have been
/// carried out.
template <class Prepare>
ClientResult<std::vector<Reply>> transact(Client& client, const Names& keys, Prepare prepare,
                                          const TransactionOptions& options = {}) {
  client::TransactionAttempts attempts(options);
  std::optional<Lease> lease;
  for (;;) {
    if (!lease) {
      auto lent = client.lease(attempts.wait());
      if (!lent) return std::move(lent).error();
      lease.emplace(*std::move(lent));
    }
    ClientResult<std::vector<Reply>> done = std::vector<Reply>();
    if (auto watched = lease->watch(keys, attempts.request())) {
      ClientResult<Batch> batch = prepare(*lease);
      if (!batch) return std::move(batch).error();
      done = lease->exec(*batch, attempts.request());
    } else {
      done = client::TransactionAttempts::of_watching(watched.error());
    }
    if (done) return done;
    if (auto error = attempts.give_up(done.error())) return *std::move(error);
    if (client::TransactionAttempts::needs_another_lease(done.error())) lease.reset();
  }
}

/// The same for coroutines, of which `prepare` is one: an `awaitable<ClientResult<Batch>>`. The
/// client must outlive it.
template <class Prepare>
boost::asio::awaitable<ClientResult<std::vector<Reply>>> async_transact(
    Client& client, Names keys, Prepare prepare, TransactionOptions options = {}) {
  constexpr auto kToken = boost::asio::use_awaitable;
  client::TransactionAttempts attempts(options);
  std::optional<Lease> lease;
  for (;;) {
    if (!lease) {
      auto lent = co_await client.async_lease(attempts.wait(), kToken);
      if (!lent) co_return std::move(lent).error();
      lease.emplace(*std::move(lent));
    }
    ClientResult<std::vector<Reply>> done = std::vector<Reply>();
    auto watched = co_await lease->async_watch(keys, attempts.request(), kToken);
    if (watched) {
      ClientResult<Batch> batch = co_await prepare(*lease);
      if (!batch) co_return std::move(batch).error();
      done = co_await lease->async_exec(*batch, attempts.request(), kToken);
    } else {
      done = client::TransactionAttempts::of_watching(watched.error());
    }
    if (done) co_return done;
    if (auto error = attempts.give_up(done.error())) co_return *std::move(error);
    if (client::TransactionAttempts::needs_another_lease(done.error())) lease.reset();
  }
}

}  // namespace quartz
