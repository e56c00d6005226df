#include "client/subscriber.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "client/reply_reader.hpp"
#include "client/server_error.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz::client {
namespace {

// Of messages that come before the server has confirmed everything, when reading cannot wait.
constexpr std::size_t kEarlyBytesMax = 16u << 20;

namespace asio = boost::asio;

void append_topics(std::string& request, std::string_view command,
                   const std::vector<std::string>& topics) {
  if (topics.empty()) return;
  std::vector<std::string_view> words = {command};
  words.insert(words.end(), topics.begin(), topics.end());
  protocol::append_request(request, words);
}

// The server confirms by pushes, which are no replies. So a PING goes behind: its reply confirms
// all that is before it, and the error of what was refused comes in its place.
std::string request_of(const std::vector<std::string>& channels,
                       const std::vector<std::string>& patterns) {
  std::string request;
  append_topics(request, "SUBSCRIBE", channels);
  append_topics(request, "PSUBSCRIBE", patterns);
  const std::string_view ping[] = {"PING"};
  protocol::append_request(request, ping);
  return request;
}

std::optional<ClientError> error_of(const SubscriptionConfig& config) {
  if (config.channels.empty() && config.patterns.empty()) {
    return ClientError(ClientErrc::invalid_argument, "a subscription to nothing");
  }
  if (config.messages_max == 0 || config.bytes_max == 0) {
    return ClientError(ClientErrc::invalid_argument,
                       "SubscriptionConfig::messages_max and bytes_max must not be 0");
  }
  return std::nullopt;
}

void keep_each_once(std::vector<std::string>& kept, std::vector<std::string> more) {
  for (std::string& each : more) {
    if (std::ranges::find(kept, each) == kept.end()) kept.push_back(std::move(each));
  }
}

std::size_t bytes_of(const SubscriptionEvent& event) noexcept {
  const auto* const message = std::get_if<Message>(&event);
  if (message == nullptr) return 0;
  const std::size_t pattern = message->pattern ? message->pattern->size() : 0;
  return message->channel.size() + pattern + message->payload.size();
}

// Nothing of what is no message: that something was subscribed to.
std::optional<Message> message_of(Exchange::Reply push) {
  ReplyNodes nodes(push);
  nodes.take();
  const protocol::RespNode* const kind = nodes.take();
  if (kind == nullptr || (kind->text != "message" && kind->text != "pmessage")) return std::nullopt;
  Message message;
  if (kind->text == "pmessage") {
    const protocol::RespNode* const pattern = nodes.take();
    if (pattern == nullptr) return std::nullopt;
    message.pattern = std::string(pattern->text);
  }
  const protocol::RespNode* const channel = nodes.take();
  const protocol::RespNode* const payload = nodes.take();
  if (channel == nullptr || payload == nullptr) return std::nullopt;
  message.channel = channel->text;
  message.payload = payload->text;
  return message;
}

}  // namespace

Subscriber::Subscriber(Core& core, SubscriptionConfig config)
    : core_(core),
      strand_(core.strand()),
      executor_(core.executor()),
      timers_(core.timers()),
      config_(std::move(config)),
      request_timeout_(core.request_timeout()) {}

Subscriber::~Subscriber() {
  timers_->cancel(next_attempt_);
  timers_->cancel(start_deadline_);
  timers_->cancel(confirm_deadline_);
  timers_->cancel(addition_deadline_);
  timers_->cancel(read_deadline_);
}

void Subscriber::begin(const std::shared_ptr<Core>& core, const WaitOptions& options,
                       Handler<Subscription> handler) {
  const auto deadline = core->deadline_of(
      {.timeout = options.timeout, .deadline = options.deadline}, Timers::Clock::now());
  const std::uint64_t number = ++operations_;
  auto where = executor_of(executor_, handler);
  listen_to_cancellation(handler, [weak = weak_from_this(), number] {
    if (const auto self = weak.lock()) {
      asio::post(self->strand_, [self, number] { self->give_up(number); });
    }
  });
  asio::post(strand_, [self = shared_from_this(), core, deadline, number,
                       handler = std::move(handler), where = std::move(where)]() mutable {
    self->starting_.begin(std::move(handler), std::move(where), number);
    if (deadline != Timers::Clock::time_point::max()) {
      self->timers_->set(self->start_deadline_, deadline);
    }
    self->start();
  });
}

void Subscriber::start() {
  auto error = core_.obstacle();
  if (!error) error = error_of(config_);
  if (error) return end(*error);
  core_.move_in(shared_from_this());
  kept_ = true;
  connect();
}

void Subscriber::connect() {
  connection_ = core_.connection_for(*this);
  connection_->open();
}

void Subscriber::opened(Connection& connection) {
  timers_->set(confirm_deadline_,
               deadline_after(Timers::Clock::now(), core_.connect_timeout(), std::nullopt));
  counted_ = true;
  core_.count_subscription(true);
  connection.submit(request_of(config_.channels, config_.patterns), *this);
}

void Subscriber::replied(Exchange::Reply reply) {
  const auto refusal = error_text(reply);
  if (!refusal) return confirmed();
  const ServerError meaning = read_server_error(*refusal);
  const bool may_come_later = meaning.kind != FailureKind::rejected;
  connection_->end({.code = may_come_later ? ClientErrc::unavailable : meaning.code,
                    .reason = std::string(*refusal)});
}

void Subscriber::confirmed() {
  timers_->cancel(confirm_deadline_);
  confirmed_ = true;
  failures_ = 0;
  if (!std::exchange(begun_, true)) {
    timers_->cancel(start_deadline_);
    starting_.tell(strand_, Subscription(weak_from_this()));
  } else {
    keep(SubscriptionGap{.reason = std::exchange(lost_by_, {})});
  }
  early_bytes_ = 0;
  for (Message& message : std::exchange(early_, {})) keep(std::move(message));
  if (addition_.caller.waits()) send_addition();
}

void Subscriber::ended(Connection& /*connection*/, const ConnectionEnd& end) {
  connection_.reset();
  if (std::exchange(counted_, false)) core_.count_subscription(false);
  timers_->cancel(confirm_deadline_);
  if (std::exchange(confirmed_, false)) lost_by_ = end.reason;
  early_.clear();  // Within a gap that is told of.
  early_bytes_ = 0;
  if (end_) return;
  last_end_ = end.reason;
  ++failures_;
  const bool may_come_later =
      end.code == ClientErrc::unavailable || end.code == ClientErrc::overloaded;
  if (!may_come_later) {
    return this->end({end.code, end.reason, Executed::no, RetryStop::permanent, failures_});
  }
  if (!begun_ && failures_ >= core_.retry().attempts_max) {
    return this->end({end.code, end.reason, Executed::no, RetryStop::attempts, failures_});
  }
  timers_->set(next_attempt_, Timers::Clock::now() + core_.random_wait(failures_));
}

void Subscriber::pushed(Exchange::Reply push) {
  auto message = message_of(push);
  if (!message) return;
  if (confirmed_) {
    keep(*std::move(message));
    return;
  }
  early_bytes_ += bytes_of(*message);
  early_.push_back(*std::move(message));
  if (early_bytes_ > kEarlyBytesMax) {
    connection_->end({.code = ClientErrc::unavailable,
                      .reason = "the server confirms no subscription, but sends messages"});
  }
}

void Subscriber::keep(SubscriptionEvent event) {
  event_bytes_ += bytes_of(event);
  events_.push_back(std::move(event));
  deliver();
  const bool full = events_.size() >= config_.messages_max || event_bytes_ >= config_.bytes_max;
  if (full && connection_) connection_->pause_reading();
}

void Subscriber::deliver() {
  if (!reader_.waits() || events_.empty()) return;
  SubscriptionEvent event = std::move(events_.front());
  events_.pop_front();
  event_bytes_ -= bytes_of(event);
  timers_->cancel(read_deadline_);
  reader_.tell(strand_, std::move(event));
  const bool half_gone =
      events_.size() <= config_.messages_max / 2 && event_bytes_ <= config_.bytes_max / 2;
  if (half_gone && connection_) connection_->resume_reading();
}

void Subscriber::next(const WaitOptions& options, Handler<SubscriptionEvent> handler) {
  const auto timeout = options.timeout.value_or(std::chrono::milliseconds(0));
  const auto deadline = deadline_after(Timers::Clock::now(), timeout, options.deadline);
  const std::uint64_t number = ++operations_;
  auto where = executor_of(executor_, handler);
  listen_to_cancellation(handler, [weak = weak_from_this(), number] {
    if (const auto self = weak.lock()) {
      asio::post(self->strand_, [self, number] { self->give_up(number); });
    }
  });
  asio::post(strand_, [self = shared_from_this(), deadline, number, handler = std::move(handler),
                       where = std::move(where)]() mutable {
    self->read(std::move(handler), std::move(where), number, deadline);
  });
}

void Subscriber::read(Handler<SubscriptionEvent> handler, asio::any_completion_executor where,
                      std::uint64_t number, Timers::Clock::time_point deadline) {
  Pending<SubscriptionEvent> another;
  const bool busy = reader_.waits();
  auto& reader = busy ? another : reader_;
  reader.begin(std::move(handler), std::move(where), number);
  if (busy) {
    return reader.tell(strand_, ClientError(ClientErrc::invalid_argument,
                                            "another read of the subscription is under way"));
  }
  // What has arrived before the end is read before the end, unless it was closed.
  if (!events_.empty()) return deliver();
  if (end_) return reader.tell(strand_, *end_);
  if (deadline <= Timers::Clock::now()) return read_took_too_long();
  if (deadline != Timers::Clock::time_point::max()) timers_->set(read_deadline_, deadline);
}

void Subscriber::add(SubscriptionTopics topics, const WaitOptions& options, Handler<void> handler) {
  const auto deadline = deadline_after(
      Timers::Clock::now(), options.timeout.value_or(request_timeout_), options.deadline);
  const std::uint64_t number = ++operations_;
  auto where = executor_of(executor_, handler);
  listen_to_cancellation(handler, [weak = weak_from_this(), number] {
    if (const auto self = weak.lock()) {
      asio::post(self->strand_, [self, number] { self->give_up(number); });
    }
  });
  asio::post(strand_, [self = shared_from_this(), topics = std::move(topics), deadline, number,
                       handler = std::move(handler), where = std::move(where)]() mutable {
    self->begin_addition(std::move(topics), std::move(handler), std::move(where), number, deadline);
  });
}

void Subscriber::begin_addition(SubscriptionTopics topics, Handler<void> handler,
                                asio::any_completion_executor where, std::uint64_t number,
                                Timers::Clock::time_point deadline) {
  Pending<void> refused;
  const bool nothing = topics.channels.empty() && topics.patterns.empty();
  // Of one that was given up the answer may be missing still.
  const bool busy = addition_.caller.waits() || addition_.sent;
  if (end_ || busy || nothing) {
    refused.begin(std::move(handler), std::move(where), number);
    return refused.tell(strand_, end_ ? *end_
                                      : ClientError(ClientErrc::invalid_argument,
                                                    nothing ? "nothing to add to a subscription"
                                                            : "another addition to the "
                                                              "subscription is under way"));
  }
  addition_.topics = std::move(topics);
  addition_.caller.begin(std::move(handler), std::move(where), number);
  if (deadline <= Timers::Clock::now()) return addition_took_too_long();
  if (deadline != Timers::Clock::time_point::max()) timers_->set(addition_deadline_, deadline);
  if (confirmed_) send_addition();
}

void Subscriber::send_addition() {
  const auto& [channels, patterns] = addition_.topics;
  addition_.sent = true;
  addition_.refusal.reset();
  addition_.refusals_left = (channels.empty() ? 0u : 1u) + (patterns.empty() ? 0u : 1u);
  connection_->submit_unanswered(request_of(channels, patterns), addition_,
                                 addition_.refusals_left);
}

void Subscriber::addition_replied(Exchange::Reply reply) {
  if (const auto refusal = error_text(reply)) {
    const ServerError meaning = read_server_error(*refusal);
    // Of the PING, perhaps: nobody can tell what was added. It is asked for again.
    if (meaning.kind != FailureKind::rejected) {
      return connection_->end({.code = ClientErrc::unavailable, .reason = std::string(*refusal)});
    }
    if (!addition_.refusal) addition_.refusal.emplace(meaning.code, std::string(*refusal));
    if (addition_.refusals_left-- != 0) return;  // The PING is still to be answered.
  }
  addition_.sent = false;
  auto& [channels, patterns] = addition_.topics;
  if (addition_.refusal) {
    // One of the two may have been let pass.
    if (!channels.empty() && !patterns.empty()) {
      connection_->end(
          {.code = ClientErrc::unavailable, .reason = "a part of an addition was refused"});
    }
    if (addition_.caller.waits()) end_addition(*std::exchange(addition_.refusal, std::nullopt));
    return;
  }
  if (!addition_.caller.waits()) return;
  keep_each_once(config_.channels, std::move(channels));
  keep_each_once(config_.patterns, std::move(patterns));
  end_addition({});
}

void Subscriber::end_addition(ClientResult<void> result) {
  timers_->cancel(addition_deadline_);
  addition_.caller.tell(strand_, std::move(result));
}

void Subscriber::addition_took_too_long() {
  end_addition(
      ClientError(ClientErrc::timed_out,
                  confirmed_ ? "the server has not confirmed the addition in time" : obstacle(),
                  addition_.sent ? Executed::unknown : Executed::no, RetryStop::deadline));
}

void Subscriber::give_up(std::uint64_t number) {
  const ClientError error(ClientErrc::cancelled, "the caller has given up");
  if (starting_.waits(number)) return end(error);
  if (addition_.caller.waits(number)) {
    return end_addition(ClientError(ClientErrc::cancelled, "the caller has given up",
                                    addition_.sent ? Executed::unknown : Executed::no));
  }
  if (!reader_.waits(number)) return;
  timers_->cancel(read_deadline_);
  reader_.tell(strand_, error);
}

void Subscriber::start_took_too_long() {
  end({ClientErrc::timed_out, obstacle(), Executed::no, RetryStop::deadline, failures_});
}

void Subscriber::confirming_took_too_long() {
  if (connection_) {
    connection_->end({.code = ClientErrc::unavailable,
                      .reason = "the server has not confirmed the subscription in time"});
  }
}

void Subscriber::read_took_too_long() {
  reader_.tell(strand_, ClientError(ClientErrc::timed_out, obstacle()));
}

std::string Subscriber::obstacle() const {
  if (confirmed_) return "no message has come in time";
  if (last_end_.empty()) return "the server has not confirmed the subscription in time";
  return fmt::format("not subscribed: {}", last_end_);
}

void Subscriber::close() {
  asio::post(strand_, [self = shared_from_this()] {
    self->events_.clear();
    self->event_bytes_ = 0;
    self->end({ClientErrc::closed, "the subscription was closed"});
    self->leave();
  });
}

void Subscriber::client_closed(const ClientError& error) {
  kept_ = false;
  end(error);
}

void Subscriber::leave() noexcept {
  if (std::exchange(kept_, false)) core_.move_out(*this);
}

void Subscriber::end(const ClientError& error) {
  if (end_) return;
  const auto self = shared_from_this();  // The core may let it go.
  end_ = error;
  timers_->cancel(next_attempt_);
  timers_->cancel(start_deadline_);
  timers_->cancel(confirm_deadline_);
  timers_->cancel(read_deadline_);
  if (const auto connection = connection_) {
    connection->end({.code = error.code(), .reason = error.message()});
  }
  if (starting_.waits()) starting_.tell(strand_, error);
  if (reader_.waits()) reader_.tell(strand_, error);
  if (addition_.caller.waits()) end_addition(error);
  // Of what never was a subscription nobody reads how it has ended.
  if (!begun_) leave();
}

}  // namespace quartz::client
