#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_io_executor.hpp>

#include "base/mutex.hpp"
#include "base/random.hpp"
#include "client/endpoint.hpp"
#include "client/forks.hpp"
#include "client/hedging.hpp"
#include "client/lender.hpp"
#include "client/metrics_recorder.hpp"
#include "client/near_cache.hpp"
#include "client/once_keys.hpp"
#include "client/request.hpp"
#include "client/retry_policy.hpp"
#include "client/strand.hpp"
#include "client/timers.hpp"
#include "quartz/client/client_config.hpp"
#include "quartz/client/request_options.hpp"
#include "quartz/client/retry_config.hpp"

namespace quartz::client {

/// What a client is made of: its endpoints, and the requests under way, each through its attempts.
/// All on the strand, but what says otherwise.
class Core : public std::enable_shared_from_this<Core>, public Endpoint::Observer {
 public:
  using Clock = std::chrono::steady_clock;

  /// Something with a connection of its own, which ends with the client.
  class Resident {
   public:
    virtual ~Resident() = default;
    /// Once, unless it has moved out before: the client is being closed.
    virtual void client_closed(const ClientError& error) = 0;
  };

  Core(boost::asio::any_io_executor executor, ClientConfig config);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core() override;

  /// Threads: any.
  const Strand& strand() const noexcept { return strand_; }
  /// Where those are told who do not say where. Threads: any.
  const boost::asio::any_completion_executor& executor() const noexcept { return executor_; }
  /// One that is idle, for the caller to fill in. Threads: any.
  Request& take();
  /// What the options make of the configuration's deadline. Threads: any.
  Clock::time_point deadline_of(const RequestOptions& options,
                                Clock::time_point now) const noexcept;
  /// Of a request for which the server may wait so long; 0: without end. Threads: any.
  std::chrono::milliseconds timeout_beyond(std::chrono::milliseconds waits) const noexcept;
  /// Threads: any.
  ClientMetrics metrics() const { return metrics_.reading(readable_cache()); }
  std::string metrics_text() const { return metrics_.text(readable_cache()); }
  /// Whether this process was forked from the one that made it: nothing else of it may be used
  /// then, and it must not end. Threads: any.
  bool is_of_another_process() const noexcept { return fork_generation_ != fork_generation(); }

  /// Null if there is none, or the client is being closed. Threads: any.
  NearCache* near_cache() const noexcept {
    return closing_.load(std::memory_order_relaxed) ? nullptr : near_cache_.get();
  }
  /// Null: nobody traces. Threads: any.
  ClientTracer* tracer() const noexcept { return config_.tracer.get(); }
  /// Threads: any.
  OnceKeys& once_keys() noexcept { return once_keys_; }
  /// `close` follows: from now on the near cache answers nobody. Threads: any.
  void announce_close() noexcept { closing_.store(true, std::memory_order_relaxed); }

  /// A request that was taken and filled in; it is recycled when its caller is told.
  void begin(Request& request, Clock::time_point now);
  /// Nothing happens if that use of the request is over.
  void cancel(Request& request, std::uint64_t generation);
  /// Fails all that is under way, and everything from now on.
  void close();

  /// Nothing, or why no operation can begin: the client was closed, or makes no sense.
  std::optional<ClientError> obstacle() const;
  /// Is kept until it moves out, or the client is closed. Needs a core without obstacle.
  void move_in(std::shared_ptr<Resident> resident) { residents_.push_back(std::move(resident)); }
  void move_out(const Resident& resident) noexcept;
  /// To an endpoint that answers soon, if any is known to answer; not opened yet. Needs a core
  /// without obstacle.
  std::shared_ptr<Connection> connection_for(Connection::Owner& owner);
  /// How long to wait after so many failures in a row.
  Clock::duration random_wait(std::uint32_t failures) {
    return client::random_wait(config_.retry, failures, random_);
  }
  const RetryConfig& retry() const noexcept { return config_.retry; }
  std::chrono::milliseconds request_timeout() const noexcept { return config_.request_timeout; }
  std::chrono::milliseconds connect_timeout() const noexcept { return config_.connect_timeout; }
  Random& random() noexcept { return random_; }
  Lender& lender() noexcept { return lender_; }
  void count_subscription(bool open) noexcept;
  void count_leases(std::size_t lent, std::size_t idle, std::size_t waiting) noexcept;
  const std::shared_ptr<Timers>& timers() const noexcept { return timers_; }

  // Of requests, to whom it tells what happens.
  void replied(Request& request, Exchange::Reply reply);
  void lost(Request& request, FailureKind kind);
  void deadline_passed(Request& request);
  void retry(Request& request);
  void hedge(Request& request);
  void hedge_replied(Request& request, Exchange::Reply reply);
  void hedge_lost(Request& request, FailureKind kind);
  void fetched(Request& request, std::optional<std::string_view> value);
  void fetch_failed(Request& request);
  void recycle(Request& request) noexcept;

 private:
  // Of a failed attempt.
  struct Failure {
    RequestFailure failure;
    ClientErrc code;
    std::string message;
  };

  void changed(Endpoint& endpoint) override;
  void connected(Clock::duration after) override;
  void disconnected(bool was_open) override;

  // Its locks may be held by threads that a child process does not have.
  const NearCache* readable_cache() const noexcept {
    return is_of_another_process() ? nullptr : near_cache_.get();
  }
  ClientResult<void> make_endpoints();
  void add_endpoint(EndpointUrl url, std::shared_ptr<boost::asio::ssl::context> tls);
  Endpoint* choose();
  bool is_hopeful() const noexcept;
  bool fits(const Request& request) const noexcept;
  bool may_wait(const Request& request) const noexcept;
  void admit(Request& request, Clock::time_point now);
  void admit_waiting();
  void attempt(Request& request, Clock::time_point now);
  bool ask_near_cache(Request& request, Connection& connection, Clock::time_point now);
  void fill_near_cache(Request& request, Exchange::Reply reply);
  void attempt_in_vain(Request& request);
  // Where a request may be sent.
  struct Way {
    Endpoint* endpoint = nullptr;
    Connection* connection = nullptr;
  };
  void arm_hedge(Request& request);
  Way second_way(const Request& request) const noexcept;
  bool hedge_goes_on(Request& request, FailureKind kind) noexcept;
  bool hedge_outlives(Request& request, Exchange::Reply reply);
  bool drop_hedge(Request& request);
  bool take_back(Request& request, bool too_late);
  void conclude(Request& request, Exchange::Reply reply);
  // Of requests of a lease.
  void attempt_lent(Request& request);
  void replied_lent(Request& request, Exchange::Reply reply);
  void lent_failed(Request& request, Failure failure);
  void attempt_failed(Request& request, Failure failure);
  void give_up(Request& request, ClientErrc code, std::string_view message,
               std::optional<RetryStop> stop);
  void leave_list(Request& request) noexcept;
  void settle(Request& request);
  void record(const Request& request, Clock::time_point now, std::optional<ClientErrc> failure);
  void count_waiting() noexcept;
  void finish(Request& request, ClientError error);
  void fail_all(RequestList& list);

  const ClientConfig config_;
  const std::uint64_t fork_generation_ = fork_generation();
  const Strand strand_;
  const boost::asio::any_completion_executor executor_;
  const std::shared_ptr<Timers> timers_;
  Random random_;
  OnceKeys once_keys_;
  MetricsRecorder metrics_;
  // Behind the requests, for they may have begun to fill it.
  std::unique_ptr<NearCache> near_cache_;
  std::atomic<bool> closing_{false};

  Mutex pool_mutex_;
  std::vector<std::unique_ptr<Request>> pool_ QUARTZ_GUARDED_BY(pool_mutex_);
  std::vector<Request*> idle_ QUARTZ_GUARDED_BY(pool_mutex_);
  std::size_t idle_bytes_ QUARTZ_GUARDED_BY(pool_mutex_) = 0;

  std::optional<ClientError> config_error_;
  std::optional<Hedging> hedging_;
  std::vector<std::unique_ptr<Endpoint>> endpoints_;
  std::vector<Endpoint*> usable_;  // While one is chosen.
  std::vector<std::shared_ptr<Resident>> residents_;
  Lender lender_;
  RequestList waiting_turn_;
  RequestList waiting_endpoint_;
  RequestList waiting_fetch_;
  RequestList sleeping_;
  std::size_t requests_ = 0;  // Admitted.
  std::size_t request_bytes_ = 0;
  std::size_t waiting_bytes_ = 0;  // For their turn.
  bool admitting_ = false;
  bool closed_ = false;
};

}  // namespace quartz::client
