#pragma once

// What is published to channels, as it comes:
//
//   auto subscription = client.subscribe({.channels = {"news"}}).value();
//   while (auto event = subscription.next()) {
//     if (const auto* message = std::get_if<quartz::Message>(&*event)) use(message->payload);
//   }
//
// Publishing is a command: `commands::publish`.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>

#include "quartz/client/client_error.hpp"
#include "quartz/client/client_result.hpp"
#include "quartz/client/completion.hpp"
#include "quartz/client/wait_options.hpp"
#include "quartz/export.hpp"

namespace quartz {

class Client;

/// What a subscription listens to, and how much it keeps for its reader.
struct SubscriptionConfig {
  std::vector<std::string> channels = {};  ///< By their whole names.
  std::vector<std::string> patterns = {};  ///< Of channels: "news.*".
  /// Once so much waits for the reader, nothing more is read from the server until half of it has
  /// gone. What has arrived in one piece is kept whole, so that a little more may wait.
  std::size_t messages_max = 1'000;
  std::size_t bytes_max = 16u << 20;  ///< As `messages_max`, counted in bytes.
};

/// More for a subscription to listen to.
struct SubscriptionTopics {
  std::vector<std::string> channels = {};  ///< By their whole names.
  std::vector<std::string> patterns = {};  ///< Of channels: "news.*".
};

/// What somebody has published.
struct Message {
  std::string channel = {};                 ///< Where it was published.
  std::optional<std::string> pattern = {};  ///< By which it was heard; nothing: by its channel.
  std::string payload = {};                 ///< What was published.

  bool operator==(const Message&) const = default;  ///< All of it the same.
};

/// The connection was lost, and there is a new one: what was published between the message before
/// and the one behind this is lost. Whoever keeps a state that messages change reads it anew now.
struct SubscriptionGap {
  std::string reason = {};  ///< How the connection was lost: "127.0.0.1:7379: Connection reset…".

  bool operator==(const SubscriptionGap&) const = default;  ///< All of it the same.
};

/// What a reader of a subscription gets: a message, or that some may be missing.
using SubscriptionEvent = std::variant<Message, SubscriptionGap>;

namespace client {

class Subscriber;

/// Behind `Subscription::async_next`.
QUARTZ_EXPORT void start_next(
    const std::weak_ptr<Subscriber>& subscriber, const WaitOptions& options,
    boost::asio::any_completion_handler<void(ClientResult<SubscriptionEvent>)> handler);

/// Behind `Subscription::async_add`.
QUARTZ_EXPORT void start_add(const std::weak_ptr<Subscriber>& subscriber, SubscriptionTopics topics,
                             const WaitOptions& options,
                             boost::asio::any_completion_handler<void(ClientResult<void>)> handler);

}  // namespace client

/// A connection of its own on which messages come, each at most once and in their order. It is made
/// again when it ends, as often as it takes; then its reader is told of a gap. Made by
/// `Client::subscribe`.
///
/// Threads: as the client; one read at a time. May outlive the client, of which it is `closed`
/// then; no call may run while the client is being destroyed: a blocking read has to be ended
/// before, by `close`, and of an asynchronous one the call that began it has to have returned.
class QUARTZ_EXPORT Subscription {
 public:
  /// One owner of the connection: what was moved from may only be destroyed or assigned to.
  Subscription(Subscription&&) noexcept = default;
  Subscription& operator=(Subscription&& other) noexcept;  ///< Closes what it was before.
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  /// Closes.
  ~Subscription();

  /// The next event, once there is one; `void(ClientResult<SubscriptionEvent>)`. Fails
  /// - with `timed_out` or `cancelled`: nothing is lost by that, read again;
  /// - with `closed` once this or the client was closed;
  /// - with what the server said if it lets nobody subscribe any more, from then on;
  /// - with `invalid_argument` while another read is under way.
  template <class CompletionToken>
  auto async_next(WaitOptions options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(ClientResult<SubscriptionEvent>)>(
        [](auto handler, std::weak_ptr<client::Subscriber> subscriber, WaitOptions with) {
          client::start_next(subscriber, with,
                             client::erase_type<SubscriptionEvent>(std::move(handler)));
        },
        token, subscriber_, options);
  }
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_next(CompletionToken&& token) {
    return async_next(WaitOptions{}, std::forward<CompletionToken>(token));
  }
  /// The same. Not on the thread that runs the client's executor: it would wait for itself.
  ClientResult<SubscriptionEvent> next(WaitOptions options = {});

  /// Listens to more, over the same connection: what is published from then on is heard, also over
  /// the connections that come after this one. `void(ClientResult<void>)`; of what is there already
  /// nothing changes. If the connection is being made again, that is waited for. Fails
  /// - with `timed_out` after `ClientConfig::request_timeout`, unless the options say otherwise,
  ///   or with `cancelled`: it may be heard all the same, until this connection ends;
  /// - with `closed` once this or the client was closed;
  /// - with what the server said if it does not let this user: nothing is added then;
  /// - with `invalid_argument` while another call is under way, or if there is nothing to add.
  template <class CompletionToken>
  auto async_add(SubscriptionTopics topics, WaitOptions options, CompletionToken&& token) {
    return boost::asio::async_initiate<CompletionToken, void(ClientResult<void>)>(
        [](auto handler, std::weak_ptr<client::Subscriber> subscriber, SubscriptionTopics more,
           WaitOptions with) {
          client::start_add(subscriber, std::move(more), with,
                            client::erase_type<void>(std::move(handler)));
        },
        token, subscriber_, std::move(topics), options);
  }
  /// With the options as they are by default.
  template <class CompletionToken>
  auto async_add(SubscriptionTopics topics, CompletionToken&& token) {
    return async_add(std::move(topics), WaitOptions{}, std::forward<CompletionToken>(token));
  }
  /// The same. Not on the thread that runs the client's executor.
  ClientResult<void> add(SubscriptionTopics topics, WaitOptions options = {});

  /// Ends it: a read under way fails with `closed`, and what was not read is dropped. Returns at
  /// once.
  void close();

 private:
  friend class client::Subscriber;

  explicit Subscription(std::weak_ptr<client::Subscriber> subscriber)
      : subscriber_(std::move(subscriber)) {}
  template <class T, class Start>
  ClientResult<T> wait_for(Start start);

  std::weak_ptr<client::Subscriber> subscriber_;  // The client's.
};

}  // namespace quartz
