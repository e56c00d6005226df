#pragma once

// A connection of one's own, for what needs one: transactions that watch keys, commands that wait,
// commands that change the connection.
//
//   auto lease = client.lease().value();
//   lease.watch("stock").value();
//   const auto left = lease.run(commands::get("stock")).value();
//   const auto done = lease.exec(Batch().add(commands::set("stock", fewer(left))));
//   if (!done && done.error().code() == ClientErrc::aborted) …   // Another one has changed it.
//
// quartz/client/transaction.hpp has the loop around that. Commands that wait are in
// quartz/client/commands/blocking.hpp.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>

#include "quartz/client/client_error.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/client/completion.hpp"
#include "quartz/client/reply.hpp"
#include "quartz/client/request_options.hpp"
#include "quartz/export.hpp"

namespace quartz {

namespace client {

class Core;
class LentConnection;

/// By what a lease is known.
struct LeaseTicket {
  std::weak_ptr<Core> core = {};                    ///< The client; gone with it.
  std::shared_ptr<LentConnection> connection = {};  ///< Null: the lease is over.
  std::uint64_t number = 0;                         ///< Of those that the connection was lent by.
};

/// Behind all operations of `Lease`. `T`: what its commands are answered with.
template <class T>
QUARTZ_EXPORT void start_leased(const LeaseTicket& ticket, EncodedCommand command,
                                RequestOptions options,
                                boost::asio::any_completion_handler<void(ClientResult<T>)> handler);
/// Null, or why a call must not wait here.
QUARTZ_EXPORT const char* obstacle_to_waiting(const LeaseTicket& ticket) noexcept;
QUARTZ_EXPORT EncodedCommand watch_command(const Names& keys);  ///< WATCH, as it is sent.

}  // namespace client

/// A connection that a client has lent to one caller, from `Client::lease` until it goes. Nobody
/// else's commands are on it; what is read over it is never answered by the near cache.
///
/// Requests are not tried again: a new connection would know nothing of what was watched. Once the
/// connection has ended, each fails with `unavailable`, of which `retry_stop` is `lease`; give the
/// lease back, and take another one. A request whose time is over, or that is cancelled, ends the
/// connection, unless it was not sent yet.
///
/// What comes back is used again by others: keys are watched no more then. A connection ends
/// instead if something is under way, or something was run that changes it (SELECT, CLIENT,
/// MULTI by itself…). Nothing that subscribes can be run: `Client::subscribe` does.
///
/// Threads: as the client. May outlive the client, of which it is `closed` then; no call may run
/// while the client is being destroyed.
class QUARTZ_EXPORT Lease {
 public:
  /// One owner of the connection: what was moved from may only be destroyed or assigned to.
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;  ///< Gives back what it was before.
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  /// Gives back.
  ~Lease();

  /// `void(ClientResult<T>)`. The deadline of a command that waits is `request_timeout` behind its
  /// own, unless the options say otherwise.
  template <class T, class CompletionToken>
  auto async_run(Command<T> command, RequestOptions options, CompletionToken&& token) {
    return initiate<T>(std::move(command.encoded_), options, std::forward<CompletionToken>(token));
  }
  /// With the options as they are by default.
  template <class T, class CompletionToken>
  auto async_run(Command<T> command, CompletionToken&& token) {
    return async_run(std::move(command), RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// Of a command that waits on the server for as long as its timeout says.
  template <class T, class CompletionToken>
  auto async_run(BlockingCommand<T> command, RequestOptions options, CompletionToken&& token) {
    return initiate<T>(std::move(command.encoded_), options, std::forward<CompletionToken>(token));
  }
  /// With the options as they are by default.
  template <class T, class CompletionToken>
  auto async_run(BlockingCommand<T> command, CompletionToken&& token) {
    return async_run(std::move(command), RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// The same. Not on the thread that runs the client's executor: it would wait for itself.
  template <class T>
  ClientResult<T> run(Command<T> command, RequestOptions options = {}) {
    return wait_for<T>(std::move(command.encoded_), options);
  }
  /// As `async_run`, and waits for it.
  template <class T>
  ClientResult<T> run(BlockingCommand<T> command, RequestOptions options = {}) {
    return wait_for<T>(std::move(command.encoded_), options);
  }

  /// From the name on; a `Reply`.
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

  /// The next batch does nothing if one of the keys has changed until then. More may be watched one
  /// by one; after the batch, whatever became of it, none is.
  template <class CompletionToken>
  auto async_watch(const Names& keys, RequestOptions options, CompletionToken&& token) {
    return initiate<void>(client::watch_command(keys), options,
                          std::forward<CompletionToken>(token));
  }
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_watch(const Names& keys, CompletionToken&& token) {
    return async_watch(keys, RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_watch`, and waits for it.
  ClientResult<void> watch(const Names& keys, RequestOptions options = {}) {
    return wait_for<void>(client::watch_command(keys), options);
  }

  /// As `Client::exec`. `aborted`, and nothing carried out, if a key that was watched has changed.
  template <class CompletionToken>
  auto async_exec(const Batch& batch, RequestOptions options, CompletionToken&& token) {
    return initiate<std::vector<Reply>>(batch.encoded(), options,
                                        std::forward<CompletionToken>(token));
  }
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_exec(const Batch& batch, CompletionToken&& token) {
    return async_exec(batch, RequestOptions{}, std::forward<CompletionToken>(token));
  }
  /// As `async_exec`, and waits for it.
  ClientResult<std::vector<Reply>> exec(const Batch& batch, RequestOptions options = {}) {
    return wait_for<std::vector<Reply>>(batch.encoded(), options);
  }

  /// The lease is over: requests under way fail, and so does everything from now on. Returns at
  /// once.
  void give_back();

  /// Of the client's.
  explicit Lease(client::LeaseTicket ticket) : ticket_(std::move(ticket)) {}

 private:
  template <class T, class CompletionToken>
  auto initiate(client::EncodedCommand command, RequestOptions options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(ClientResult<T>)>(
        [](auto handler, client::LeaseTicket ticket, client::EncodedCommand encoded,
           RequestOptions with) {
          client::start_leased<T>(ticket, std::move(encoded), with,
                                  client::erase_type<T>(std::move(handler)));
        },
        token, ticket_, std::move(command), options);
  }
  template <class T>
  ClientResult<T> wait_for(client::EncodedCommand command, RequestOptions options) {
    if (const char* const why = client::obstacle_to_waiting(ticket_)) {
      return ClientError(ClientErrc::invalid_argument, why);
    }
    client::Outcome<T> outcome;
    client::start_leased<T>(ticket_, std::move(command), options, outcome.handler());
    return outcome.wait();
  }

  client::LeaseTicket ticket_;
};

}  // namespace quartz
