#include "client/core.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "client/near_cache_writes.hpp"
#include "client/near_queries.hpp"
#include "client/operations.hpp"
#include "client/reply_reader.hpp"
#include "client/server_error.hpp"
#include "client/tls_context.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kClosed = "the client was closed";

// Of a context its own executor, which is what handlers have that want to run there: `erase_type`.
asio::any_completion_executor without_type(const asio::any_io_executor& executor) {
  const auto* const plain = executor.target<asio::io_context::executor_type>();
  if (plain != nullptr) return *plain;
  return executor;
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

}  // namespace

Core::Core(boost::asio::any_io_executor executor, ClientConfig config)
    : config_(std::move(config)),
      strand_(OwnersExecutor(std::move(executor))),
      executor_(without_type(strand_.get_inner_executor().get())),
      timers_(std::make_shared<Timers>(strand_)),
      random_(random_seed()),
      metrics_(operation_names()),
      lender_(*this, config_.leases) {
  auto made = make_endpoints();
  if (!made) config_error_ = std::move(made).error();
}

Core::~Core() {
  // Of what was never told, if the executor's context went first.
  waiting_turn_.clear();
  waiting_endpoint_.clear();
  sleeping_.clear();
  while (!waiting_fetch_.empty()) {
    static_cast<void>(near_cache_->leave(waiting_fetch_.front().fetch_wait));
    waiting_fetch_.pop_front();
  }
  timers_->stop();
}

ClientResult<void> Core::make_endpoints() {
  QUARTZ_TRY(check(config_));
  metrics_.now.connections_max = config_.endpoints.size() * config_.connections;
  metrics_.now.leases_max = config_.leases.connections_max;
  if (config_.hedge) hedging_.emplace(*config_.hedge);
  if (config_.near_cache) near_cache_ = std::make_unique<NearCache>(*config_.near_cache);
  if (config_.local) {
    add_endpoint({.local = true}, nullptr);
    return {};
  }
  std::shared_ptr<boost::asio::ssl::context> tls;
  for (const std::string& text : config_.endpoints) {
    QUARTZ_ASSIGN(EndpointUrl url, parse_endpoint_url(text));
    if (url.encrypted && !tls) {
      QUARTZ_ASSIGN(tls, make_tls_context(config_.tls));
    }
    auto context = url.encrypted ? tls : nullptr;
    add_endpoint(std::move(url), std::move(context));
  }
  return {};
}

void Core::add_endpoint(EndpointUrl url, std::shared_ptr<boost::asio::ssl::context> tls) {
  endpoints_.push_back(std::make_unique<Endpoint>(strand_, timers_, config_, random_,
                                                  std::move(url), std::move(tls), near_cache_.get(),
                                                  *this));
}

Core::Clock::time_point Core::deadline_of(const RequestOptions& options,
                                          Clock::time_point now) const noexcept {
  return deadline_after(now, options.timeout.value_or(config_.request_timeout), options.deadline);
}

std::optional<ClientError> Core::obstacle() const {
  if (closed_) return ClientError(ClientErrc::closed, std::string(kClosed));
  return config_error_;
}

void Core::move_out(const Resident& resident) noexcept {
  std::erase_if(residents_, [&](const auto& each) { return each.get() == &resident; });
}

std::shared_ptr<Connection> Core::connection_for(Connection::Owner& owner) {
  const Endpoint* endpoint = choose();
  if (endpoint == nullptr) {
    endpoint = endpoints_[static_cast<std::size_t>(random_.below(endpoints_.size()))].get();
  }
  return endpoint->connection_for(owner);
}

void Core::begin(Request& request, Clock::time_point now) {
  if (auto error = obstacle()) return finish(request, *std::move(error));
  if (request.deadline != Clock::time_point::max()) {
    // A timer would come behind the write.
    if (request.deadline <= now) return deadline_passed(request);
    timers_->set(request.deadline_timer, request.deadline);
  }
  if (waiting_turn_.empty() && fits(request)) return admit(request, now);
  const ClientLimits& limits = config_.limits;
  if (limits.when_full == WhenFull::fail || !may_wait(request)) {
    return finish(request,
                  {ClientErrc::overloaded, fmt::format("{} requests with {} bytes are under way",
                                                       requests_, request_bytes_)});
  }
  request.state = Request::State::waiting_turn;
  waiting_turn_.push_back(request);
  waiting_bytes_ += request.text.size();
  count_waiting();
}

bool Core::fits(const Request& request) const noexcept {
  if (requests_ == 0) return true;
  const ClientLimits& limits = config_.limits;
  return requests_ < limits.requests_max &&
         request_bytes_ + request.text.size() <= limits.request_bytes_max;
}

bool Core::may_wait(const Request& request) const noexcept {
  const ClientLimits& limits = config_.limits;
  if (waiting_turn_.size() >= limits.waiting_max) return false;
  return waiting_turn_.empty() || waiting_bytes_ + request.text.size() <= limits.waiting_bytes_max;
}

void Core::admit(Request& request, Clock::time_point now) {
  request.admitted = true;
  metrics_.now.requests.store(++requests_, std::memory_order_relaxed);
  request_bytes_ += request.text.size();
  attempt(request, now);
}

void Core::admit_waiting() {
  if (closed_ || std::exchange(admitting_, true)) return;  // The loop below goes on.
  while (!waiting_turn_.empty() && fits(waiting_turn_.front())) {
    Request& next = waiting_turn_.front();
    leave_list(next);
    admit(next, Clock::now());
  }
  admitting_ = false;
}

// Of two random ones the one that answers sooner: nearly as good as the best of all, and not chosen
// by everybody at once (Mitzenmacher, The Power of Two Choices, 2001).
Endpoint* Core::choose() {
  usable_.clear();
  for (const auto& each : endpoints_) {
    if (each->connection() != nullptr) usable_.push_back(each.get());
  }
  if (usable_.empty()) return nullptr;
  if (usable_.size() == 1) return usable_.front();
  const auto first = static_cast<std::size_t>(random_.below(usable_.size()));
  auto second = static_cast<std::size_t>(random_.below(usable_.size() - 1));
  if (second >= first) ++second;
  return usable_[first]->cost() <= usable_[second]->cost() ? usable_[first] : usable_[second];
}

bool Core::is_hopeful() const noexcept {
  return std::ranges::any_of(endpoints_, [](const auto& each) { return each->is_hopeful(); });
}

void Core::attempt(Request& request, Clock::time_point now) {
  // It has waited, and its timer may be late.
  if (request.deadline <= now) return deadline_passed(request);
  if (request.lent) return attempt_lent(request);
  Endpoint* const endpoint = choose();
  if (endpoint != nullptr) {
    if (request.near_key && !ask_near_cache(request, *endpoint->connection(), now)) return;
    request.state = Request::State::sent;
    request.endpoint = endpoint;
    request.connection = endpoint->connection();
    request.replies_missing = request.replies;
    request.queue_error.clear();
    request.sent_at = now;
    request.connection->submit(request.text_for(*request.connection), request, request.replies);
    if (hedging_) arm_hedge(request);
    return;
  }
  for (const auto& each : endpoints_) each->open();
  if (!is_hopeful()) return attempt_in_vain(request);
  request.state = Request::State::waiting_endpoint;
  waiting_endpoint_.push_back(request);
}

// Whether it has to be sent, over that connection.
bool Core::ask_near_cache(Request& request, Connection& connection, Clock::time_point now) {
  std::string value;  // Its own: whoever has his turn when this one is settled asks as well.
  auto answer = near_cache_->ask(*request.near_key, connection.feed(), now, value,
                                 request.fetch_wait, request.near_subject);
  switch (answer.found) {
    case NearCache::Found::hit:
    case NearCache::Found::absent:
      record(request, now, std::nullopt);
      settle(request);
      request.succeed_later(answer.found == NearCache::Found::hit
                                ? std::optional<std::string_view>(value)
                                : std::nullopt);
      return false;
    case NearCache::Found::wait:
      request.state = Request::State::waiting_fetch;
      waiting_fetch_.push_back(request);
      return false;
    case NearCache::Found::fetch:
    case NearCache::Found::miss:
      break;
  }
  request.fetch = std::move(answer.fetch);
  return true;
}

void Core::fill_near_cache(Request& request, Exchange::Reply reply) {
  request.connection->heard(request.sent_at);
  if (!request.fetch) return;
  if (request.near_subject == NearCache::Subject::reply) {
    std::string stored;
    append_stored_reply(reply, stored);
    return request.fetch.complete(stored);
  }
  const protocol::RespNode* const value = ReplyNodes(reply).take();
  if (value->type == protocol::RespType::bulk) {
    request.fetch.complete(value->text);
  } else if (value->type == protocol::RespType::null) {
    request.fetch.complete(std::nullopt);
  } else {
    request.fetch.fail();
  }
}

void Core::fetched(Request& request, std::optional<std::string_view> value) {
  leave_list(request);
  record(request, Clock::now(), std::nullopt);
  settle(request);
  request.succeed_later(value);
}

// It asks by itself, so that of many that wait for what cannot be had each waits only once.
void Core::fetch_failed(Request& request) {
  leave_list(request);
  request.near_key.reset();
  attempt(request, Clock::now());
}

void Core::attempt_in_vain(Request& request) {
  ConnectionEnd end = endpoints_.front()->obstacle();
  attempt_failed(request, {.failure = {.kind = FailureKind::not_sent},
                           .code = end.code,
                           .message = std::move(end.reason)});
}

void Core::changed(Endpoint& /*endpoint*/) {
  if (waiting_endpoint_.empty()) return;
  const bool usable = choose() != nullptr;
  if (!usable && is_hopeful()) return;
  RequestList waiting;
  waiting.swap(waiting_endpoint_);
  while (!waiting.empty()) {
    Request& request = waiting.front();
    waiting.pop_front();
    request.state = Request::State::idle;
    if (usable) {
      attempt(request, Clock::now());
    } else {
      attempt_in_vain(request);
    }
  }
}

void Core::replied(Request& request, Exchange::Reply reply) {
  if (request.lent) return replied_lent(request, reply);
  if (hedging_ && hedge_outlives(request, reply)) return;
  conclude(request, reply);
}

// Of an attempt of which nothing else is under way.
void Core::conclude(Request& request, Exchange::Reply reply) {
  const auto now = Clock::now();
  request.endpoint->answered(now - request.sent_at);
  const auto refusal = error_text(reply);
  if (refusal || !request.queue_error.empty()) {
    // What EXEC says of a batch that was refused does not tell why.
    const std::string_view text = request.queue_error.empty() ? *refusal : request.queue_error;
    ServerError meaning = read_server_error(text);
    // The server has carried out the others without it.
    if (!refusal) meaning.kind = FailureKind::lost;
    return attempt_failed(
        request,
        {.failure = {.kind = meaning.kind}, .code = meaning.code, .message = std::string(text)});
  }
  if (request.policy) {
    request.policy->succeeded();
  } else {
    request.endpoint->budget().refund(config_.retry.success_refund);
  }
  if (near_cache_) fill_near_cache(request, reply);
  record(request, now, std::nullopt);
  settle(request);
  request.succeed(reply);
}

void Core::lost(Request& request, FailureKind kind) {
  if (hedging_ && hedge_goes_on(request, kind)) return;
  const std::string& reason = request.connection->end_reason();
  Failure failed = {.failure = {.kind = kind},
                    .code = ClientErrc::unavailable,
                    .message = kind == FailureKind::lost
                                   ? fmt::format("no answer came before the end: {}", reason)
                                   : reason};
  if (request.lent) return lent_failed(request, std::move(failed));
  attempt_failed(request, std::move(failed));
}

void Core::attempt_failed(Request& request, Failure failed) {
  Endpoint& endpoint = request.endpoint == nullptr ? *endpoints_.front() : *request.endpoint;
  timers_->cancel(request.hedge.timer);
  request.endpoint = nullptr;
  request.connection = nullptr;
  request.fetch.fail();
  if (!request.policy) {
    request.policy.emplace(
        config_.retry, endpoint.budget(), random_,
        RetryPolicy::Request{.idempotent = request.idempotent, .deadline = request.deadline});
  }
  if (std::exchange(request.hedge.one_is_unknown, false)) request.policy->other_is_unknown();
  const auto now = Clock::now();
  const RetryPolicy::Decision decision = request.policy->after(failed.failure, now);
  const RetryPolicy& policy = *request.policy;
  if (closed_) {
    return finish(request, {ClientErrc::closed, std::string(kClosed), policy.executed(),
                            std::nullopt, policy.failures()});
  }
  if (const auto* const stop = std::get_if<RetryStop>(&decision)) {
    if (*stop == RetryStop::budget) metrics_.counted.retries_refused.add();
    return finish(request, {failed.code, std::move(failed.message), policy.executed(), *stop,
                            policy.failures()});
  }
  metrics_.counted.retries.add();
  request.state = Request::State::sleeping;
  sleeping_.push_back(request);
  timers_->set(request.retry_timer, now + std::get<Clock::duration>(decision));
}

void Core::retry(Request& request) {
  leave_list(request);
  attempt(request, Clock::now());
}

void Core::deadline_passed(Request& request) {
  give_up(request, ClientErrc::timed_out, "the deadline has passed", RetryStop::deadline);
}

void Core::cancel(Request& request, std::uint64_t generation) {
  if (request.generation != generation || request.state == Request::State::idle) return;
  give_up(request, ClientErrc::cancelled, "the caller has given up", std::nullopt);
}

void Core::give_up(Request& request, ClientErrc code, std::string_view message,
                   std::optional<RetryStop> stop) {
  Executed executed = request.policy ? request.policy->executed() : Executed::no;
  std::uint32_t attempts = request.policy ? request.policy->failures() : 0;
  std::shared_ptr<LentConnection> spoilt;
  if (request.state == Request::State::sent) {
    ++attempts;
    const bool sent = take_back(request, code == ClientErrc::timed_out);
    if (sent) executed = Executed::unknown;
    if (request.lent) {
      if (sent) spoilt = request.lent;
      request.lent->withdrawn(request);
    }
  }
  const bool waited = request.state == Request::State::waiting_turn;
  leave_list(request);
  finish(request, {code, std::string(message), executed, stop, attempts});
  if (spoilt) {
    // The server may be at it still, and wait for what nobody would get.
    spoilt->end({.code = ClientErrc::unavailable,
                 .reason = fmt::format("a request of the lease was given up: {}", message)});
  }
  // It may have been what those behind it waited for.
  if (waited) admit_waiting();
}

void Core::leave_list(Request& request) noexcept {
  switch (std::exchange(request.state, Request::State::idle)) {
    case Request::State::waiting_turn:
      waiting_turn_.erase(RequestList::s_iterator_to(request));
      waiting_bytes_ -= request.text.size();
      count_waiting();
      return;
    case Request::State::waiting_endpoint:
      waiting_endpoint_.erase(RequestList::s_iterator_to(request));
      return;
    case Request::State::waiting_fetch:
      waiting_fetch_.erase(RequestList::s_iterator_to(request));
      static_cast<void>(near_cache_->leave(request.fetch_wait));
      return;
    case Request::State::sleeping:
      sleeping_.erase(RequestList::s_iterator_to(request));
      return;
    case Request::State::sent:
    case Request::State::idle:
      return;
  }
}

// It needs nothing of the client any more; somebody else may have his turn.
void Core::settle(Request& request) {
  timers_->cancel(request.deadline_timer);
  timers_->cancel(request.retry_timer);
  timers_->cancel(request.hedge.timer);
  request.fetch.fail();
  // The server tells of it, too, but may do so behind its answer.
  if (near_cache_ && request.writes) invalidate_written(*near_cache_, request.text);
  if (!std::exchange(request.admitted, false)) return;
  metrics_.now.requests.store(--requests_, std::memory_order_relaxed);
  request_bytes_ -= request.text.size();
  admit_waiting();
}

void Core::record(const Request& request, Clock::time_point now,
                  std::optional<ClientErrc> failure) {
  metrics_.record_operation(operation_of(request.text), now - request.begun_at, failure);
  if (request.span) request.span->end({.error_type = failure});
}

void Core::count_waiting() noexcept {
  metrics_.now.requests_waiting.store(waiting_turn_.size(), std::memory_order_relaxed);
}

void Core::connected(Clock::duration after) {
  metrics_.connection_create.record(static_cast<std::uint64_t>(after.count()));
  metrics_.now.connections.fetch_add(1, std::memory_order_relaxed);
}

void Core::disconnected(bool was_open) {
  if (was_open) metrics_.now.connections.fetch_sub(1, std::memory_order_relaxed);
  if (closed_) return;
  (was_open ? metrics_.counted.connections_lost : metrics_.counted.connections_failed).add();
}

void Core::finish(Request& request, ClientError error) {
  record(request, Clock::now(), error.code());
  settle(request);
  request.fail(std::move(error));
}

void Core::fail_all(RequestList& list) {
  while (!list.empty()) {
    give_up(list.front(), ClientErrc::closed, kClosed, std::nullopt);
  }
}

void Core::close() {
  if (std::exchange(closed_, true)) return;
  fail_all(waiting_turn_);
  fail_all(waiting_endpoint_);
  fail_all(waiting_fetch_);
  fail_all(sleeping_);
  const ClientError error(ClientErrc::closed, std::string(kClosed));
  for (const auto& resident : std::exchange(residents_, {})) resident->client_closed(error);
  lender_.close(error);
  for (const auto& endpoint : endpoints_) endpoint->close();
  timers_->stop();
}

}  // namespace quartz::client
