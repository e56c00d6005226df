#include "quartz/client/subscription.hpp"

#include <boost/asio/system_executor.hpp>

#include "client/completion.hpp"
#include "client/forks.hpp"
#include "client/subscriber.hpp"

namespace quartz {
namespace {

ClientError client_has_gone() {
  return {ClientErrc::closed, "the subscription or its client was closed"};
}

}  // namespace

namespace client {
namespace {

// Nothing of the client is left that could.
template <class T>
void tell_that_it_has_gone(Handler<T> handler) {
  const boost::asio::system_executor own;
  auto where = executor_of<T>(own, handler);
  run_later(own, std::move(where), call_of<T>(std::move(handler), client_has_gone()));
}

}  // namespace

void start_next(const std::weak_ptr<Subscriber>& subscriber, const WaitOptions& options,
                Handler<SubscriptionEvent> handler) {
  if (const auto alive = subscriber.lock()) {
    if (!alive->is_of_another_process()) return alive->next(options, std::move(handler));
    return tell_of_another_process<SubscriptionEvent>(std::move(handler));
  }
  tell_that_it_has_gone<SubscriptionEvent>(std::move(handler));
}

void start_add(const std::weak_ptr<Subscriber>& subscriber, SubscriptionTopics topics,
               const WaitOptions& options, Handler<void> handler) {
  if (const auto alive = subscriber.lock()) {
    if (alive->is_of_another_process()) {
      return tell_of_another_process<void>(std::move(handler));
    }
    return alive->add(std::move(topics), options, std::move(handler));
  }
  tell_that_it_has_gone<void>(std::move(handler));
}

}  // namespace client

Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (this == &other) return *this;
  close();
  subscriber_ = std::move(other.subscriber_);
  return *this;
}

Subscription::~Subscription() { close(); }

void Subscription::close() {
  // Kept alive no longer than it takes: the client may go meanwhile.
  const auto alive = subscriber_.lock();
  if (alive && !alive->is_of_another_process()) alive->close();
}

template <class T, class Start>
ClientResult<T> Subscription::wait_for(Start start) {
  client::Outcome<T> outcome;
  {
    const auto alive = subscriber_.lock();
    if (!alive) return client_has_gone();
    if (alive->is_of_another_process()) return client::of_another_process();
    if (alive->runs_in_this_thread()) {
      return ClientError(ClientErrc::invalid_argument,
                         "a blocking call on the thread that would have to answer it");
    }
    start(*alive, outcome.handler());
  }
  return outcome.wait();
}

ClientResult<SubscriptionEvent> Subscription::next(WaitOptions options) {
  return wait_for<SubscriptionEvent>(
      [&](auto& subscriber, auto handler) { subscriber.next(options, std::move(handler)); });
}

ClientResult<void> Subscription::add(SubscriptionTopics topics, WaitOptions options) {
  return wait_for<void>([&](auto& subscriber, auto handler) {
    subscriber.add(std::move(topics), options, std::move(handler));
  });
}

}  // namespace quartz
