#include "client/lender.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "client/completion.hpp"
#include "client/core.hpp"

namespace quartz::client {

namespace asio = boost::asio;

Lender::Lender(Core& core, const LeaseConfig& config) : core_(core), config_(config) {}

Lender::~Lender() {
  const auto& timers = core_.timers();
  for (Caller& caller : waiting_) timers->cancel(caller);
  timers->cancel(next_attempt_);
  timers->cancel(next_close_);
  // Leases may outlive them.
  for (const auto& each : connections_) each->forget();
}

void Lender::begin(const std::shared_ptr<Core>& core, const WaitOptions& options,
                   Handler<Lease> handler) {
  const auto timeout = options.timeout.value_or(config_.acquire_timeout);
  const auto deadline = deadline_after(Clock::now(), timeout, options.deadline);
  const std::uint64_t number = ++numbers_;
  auto where = executor_of(core->executor(), handler);
  listen_to_cancellation(handler, [weak = std::weak_ptr<Core>(core), number] {
    if (const auto alive = weak.lock()) {
      asio::post(alive->strand(), [alive, number] { alive->lender().give_up(number); });
    }
  });
  asio::post(core->strand(), [core, deadline, number, handler = std::move(handler),
                              where = std::move(where)]() mutable {
    Lender& self = core->lender();
    Caller& caller = self.waiting_.emplace_back(self);
    caller.number = number;
    caller.pending.begin(std::move(handler), std::move(where), number);
    self.wait(caller, deadline);
  });
}

std::optional<ClientError> Lender::refusal(Clock::time_point deadline) const {
  if (auto error = core_.obstacle()) return error;
  if (deadline == Clock::time_point::max()) {
    return ClientError(ClientErrc::invalid_argument, "a lease is not waited for without end");
  }
  if (waiting_.size() > config_.waiting_max) {
    return ClientError(ClientErrc::overloaded,
                       fmt::format("{} callers wait for a lease", config_.waiting_max));
  }
  // A little later there is another attempt to connect, for whoever comes then.
  if (idle_.empty() && failures_ >= core_.retry().attempts_max && next_attempt_.queued()) {
    return ClientError(last_end_.code, last_end_.reason, Executed::no, RetryStop::attempts,
                       failures_);
  }
  return std::nullopt;
}

void Lender::wait(Caller& caller, Clock::time_point deadline) {
  if (auto error = refusal(deadline)) return tell(caller, *std::move(error));
  core_.timers()->set(caller, deadline);
  serve();
  open_missing();
}

void Lender::give_up(std::uint64_t number) {
  const auto found = std::ranges::find(waiting_, number, &Caller::number);
  if (found != waiting_.end()) {
    tell(*found, ClientError(ClientErrc::cancelled, "the caller has given up"));
  }
}

void Lender::waited_too_long(Caller& caller) {
  const std::string why = failures_ == 0
                              ? fmt::format("no connection has come back in time; {} are lent",
                                            connections_.size() - idle_.size() - opening_)
                              : last_end_.reason;
  tell(caller,
       ClientError(ClientErrc::timed_out, why, Executed::no, RetryStop::deadline, failures_));
}

void Lender::tell(Caller& caller, ClientResult<Lease> result) {
  core_.timers()->cancel(caller);
  caller.pending.tell(core_.strand(), std::move(result));
  waiting_.erase(std::ranges::find(waiting_, caller.number, &Caller::number));
  count();
}

void Lender::fail_all(const ClientError& error) {
  while (!waiting_.empty()) tell(waiting_.front(), error);
}

void Lender::serve() {
  while (!waiting_.empty() && !idle_.empty()) {
    LentConnection& next = *idle_.back();
    idle_.pop_back();
    // Its timer may be late. Of one that opened too late, which nobody has had yet, the next one
    // would be no better.
    if (next.has_been_lent() && Clock::now() >= next.expires()) {
      next.end({.code = ClientErrc::unavailable, .reason = "its time is over"});
      continue;
    }
    const std::uint64_t number = next.lend();
    tell(waiting_.front(), Lease({.core = core_.weak_from_this(),
                                  .connection = next.shared_from_this(),
                                  .number = number}));
  }
  count();
}

void Lender::open_missing() {
  if (closed_ || next_attempt_.queued()) return;
  while (opening_ < std::min<std::size_t>(waiting_.size(), config_.connecting_max) &&
         connections_.size() < config_.connections_max) {
    open_one();
  }
}

void Lender::open_one() {
  const auto connection =
      std::make_shared<LentConnection>(static_cast<LentConnection::Observer&>(*this));
  connections_.push_back(connection);
  ++opening_;
  // Those that were made together shall not end together.
  constexpr int kSpread = 10;
  const auto spread = static_cast<std::uint64_t>(config_.lifetime.count() / kSpread);
  const std::chrono::milliseconds earlier(
      static_cast<std::chrono::milliseconds::rep>(core_.random().below(spread + 1)));
  const auto expires = deadline_after(Clock::now(), config_.lifetime - earlier, std::nullopt);
  connection->open(core_.connection_for(connection->owner()), expires);
}

void Lender::opened(LentConnection& connection) {
  --opening_;
  failures_ = 0;
  core_.timers()->cancel(next_attempt_);
  put_back(connection);
  open_missing();
}

void Lender::put_back(LentConnection& connection) {
  connection.idle_since = Clock::now();
  idle_.push_back(&connection);
  serve();
  close_idle();
}

void Lender::give_back(LentConnection& connection, std::uint64_t number) {
  if (!connection.is_lent_by(number)) return;
  const bool clean = connection.take_back();
  if (clean && Clock::now() < connection.expires()) return put_back(connection);
  // `ended` opens another one for those who wait.
  connection.end({.code = ClientErrc::unavailable, .reason = "the lease was given back"});
}

// Those that nobody has used for long, of which the first is the oldest.
void Lender::close_idle() {
  const auto now = Clock::now();
  while (!idle_.empty()) {
    LentConnection& oldest = *idle_.front();
    const auto until = deadline_after(oldest.idle_since, config_.idle_timeout, oldest.expires());
    if (now < until) return core_.timers()->set(next_close_, until);
    idle_.erase(idle_.begin());  // Within an answer of its own it ends only afterwards.
    oldest.end({.code = ClientErrc::unavailable, .reason = "nobody has used it for long"});
  }
}

void Lender::ended(LentConnection& connection, const ConnectionEnd& end) {
  const auto is_it = [&](const auto& each) { return &*each == &connection; };
  std::erase_if(idle_, is_it);
  if (std::erase_if(connections_, is_it) == 0 || closed_) return;
  count();
  if (connection.has_been_open()) return open_missing();
  --opening_;
  ++failures_;
  last_end_ = end;
  const bool may_come_later =
      end.code == ClientErrc::unavailable || end.code == ClientErrc::overloaded;
  if (!may_come_later) {
    fail_all({end.code, end.reason, Executed::no, RetryStop::permanent, failures_});
  } else if (failures_ >= core_.retry().attempts_max) {
    fail_all({end.code, end.reason, Executed::no, RetryStop::attempts, failures_});
  }
  core_.timers()->set(next_attempt_, Clock::now() + core_.random_wait(failures_));
}

void Lender::close(const ClientError& error) {
  closed_ = true;
  core_.timers()->cancel(next_attempt_);
  core_.timers()->cancel(next_close_);
  fail_all(error);
  idle_.clear();
  for (const auto& each : std::exchange(connections_, {})) {
    each->end({.code = error.code(), .reason = error.message()});
  }
  opening_ = 0;
  count();
}

void Lender::count() noexcept {
  const std::size_t open = connections_.size() - opening_;
  core_.count_leases(open - idle_.size(), idle_.size(), waiting_.size());
}

}  // namespace quartz::client
