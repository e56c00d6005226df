#include "quartz/client/subscription.hpp"

#include <boost/asio/system_executor.hpp>

#include "client/completion.hpp"
#include "client/subscriber.hpp"

namespace quartz {
namespace {

ClientError client_has_gone() {
  return {ClientErrc::closed, "the subscription or its client was closed"};
}

}  // namespace

namespace client {

void start_next(const std::weak_ptr<Subscriber>& subscriber, const WaitOptions& options,
                Handler<SubscriptionEvent> handler) {
  if (const auto alive = subscriber.lock()) return alive->next(options, std::move(handler));
  // Nothing of the client is left that could tell.
  const boost::asio::system_executor own;
  auto where = executor_of<SubscriptionEvent>(own, handler);
  run_later(own, std::move(where),
            call_of<SubscriptionEvent>(std::move(handler), client_has_gone()));
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
  if (const auto alive = subscriber_.lock()) alive->close();
}

ClientResult<SubscriptionEvent> Subscription::next(WaitOptions options) {
  client::Outcome<SubscriptionEvent> outcome;
  {
    const auto alive = subscriber_.lock();
    if (!alive) return client_has_gone();
    if (alive->runs_in_this_thread()) {
      return ClientError(ClientErrc::invalid_argument,
                         "a blocking call on the thread that would have to answer it");
    }
    alive->next(options, outcome.handler());
  }
  return outcome.wait();
}

}  // namespace quartz
