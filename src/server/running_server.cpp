#include "server/running_server.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "base/try.hpp"
#include "server/http/problem.hpp"
#include "server/http/response_writer.hpp"
#include "server/http/session.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/session.hpp"
#include "server/server_config_check.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {
namespace {

constexpr std::int64_t kConnectionsMaxMost = 1'000'000;

std::string http_refusal() {
  std::string text;
  Response response = problem_response(503, "there are connections_max connections already");
  name_request(response, "none");
  append_response(text, response, {.keep_alive = false});
  return text;
}

// As the log of slow commands takes it.
std::int64_t slow_microseconds(std::chrono::milliseconds threshold) {
  return threshold.count() == 0 ? SlowLog::kOff : threshold / std::chrono::microseconds(1);
}

void set_observation(RespServer& resp, const ServerConfig& config) {
  resp.set_slow_threshold(slow_microseconds(config.slow_request_threshold));
  resp.slow_log().set_length_max(config.slow_commands_max);
  resp.set_latency_threshold(config.latency_threshold.count());
}

}  // namespace

RunningServer::RunningServer(std::shared_ptr<StorageEngine> engine,
                             std::unique_ptr<Service> service, std::unique_ptr<Users> users,
                             ServerConfig config, std::unique_ptr<TlsCertificates> certificates)
    : config_(std::move(config)),
      current_(config_),
      configured_connections_max_(config_.connections_max),
      engine_(std::move(engine)),
      service_(std::move(service)),
      log_(config_.logger),
      users_(std::move(users)),
      access_(*users_, config_.authentication, log_),
      limits_(config_.limits),
      connection_limit_(config_.connections_max),
      certificates_(std::move(certificates)),
      workers_(config_.worker_threads),
      resp_(*service_, {.access = &access_,
                        .workers = &workers_,
                        .durability = config_.durability,
                        .log = &log_,
                        .buffers = &buffers_,
                        .limits = &limits_}),
      local_clients_(std::make_shared<LocalClients>(resp_)),
      application_({.engine = *engine_,
                    .service = *service_,
                    .resp = resp_,
                    .workers = workers_,
                    .access = access_,
                    .config = current_,
                    .limits = limits_,
                    .buffers = buffers_,
                    .log = log_,
                    .stopping = stopping_,
                    .statistics = [this] { return statistics(); },
                    .users_changed = [this](std::string_view revoked) { users_changed(revoked); }}),
      expiry_sweeper_(*service_, log_, resp_.latency_events()),
      threads_(config_.io_threads) {
  access_.rates().set_per_second(config_.limits.requests_per_second);
  set_observation(resp_, config_);
  add_parameters();
}

Result<std::unique_ptr<RunningServer>> RunningServer::start(std::shared_ptr<StorageEngine> engine,
                                                            ServerConfig config) {
  QUARTZ_TRY(check_server_config(config));
  QUARTZ_TRY(check_backup_directory(config.backup_directory, engine->directory()));
  QUARTZ_ASSIGN(std::unique_ptr<TlsCertificates> certificates, TlsCertificates::load(config.tls));
  QUARTZ_ASSIGN(std::unique_ptr<Service> service, Service::open(*engine, config.idempotency));
  QUARTZ_ASSIGN(std::unique_ptr<Users> users, Users::open(*engine));
  std::unique_ptr<RunningServer> server(new RunningServer(std::move(engine), std::move(service),
                                                          std::move(users), std::move(config),
                                                          std::move(certificates)));
  if (server->config_.authentication.required && !server->users_->any()) {
    server->log_.warn(
        "auth.required is on and there is no user yet: nobody can log in before "
        "`quartz keys create` has made one");
  }
  QUARTZ_TRY(server->listen());
  return server;
}

ListenerSurroundings RunningServer::surroundings(TransportCounters& counters) {
  return {.threads = threads_,
          .limit = connection_limit_,
          .counters = counters,
          .certificates = *certificates_,
          .log = log_,
          .limits = limits_};
}

void RunningServer::add_parameters() {
  Parameters& parameters = resp_.parameters();
  parameters.add_number(
      "maxclients", {.least = 1, .most = kConnectionsMaxMost},
      [this] { return static_cast<std::int64_t>(current_.get()->connections_max); },
      [this](std::int64_t count) {
        MutexLock lock(reconfiguring_);
        set_connections_max(static_cast<std::uint32_t>(count));
      });
  for (const LiveOption& option : config_.live_options) {
    const auto redis = named_by_redis(option);
    if (!redis || !option.read || !option.change) {
      parameters.add_text(option.name, option.read, option.change);
      continue;
    }
    parameters.add_text(option.name, redis->read,
                        [&option, take = redis->take](std::string_view text) -> Result<void> {
                          QUARTZ_TRY(option.change(text));
                          take();
                          return {};
                        });
  }
}

// Clients may have changed what holds under the other name, also in finer steps.
std::optional<RunningServer::NamedByRedis> RunningServer::named_by_redis(const LiveOption& option) {
  if (option.name == "connections_max") {
    return NamedByRedis{[this] { return std::to_string(current_.get()->connections_max); },
                        [this] {
                          MutexLock lock(reconfiguring_);
                          set_connections_max(configured_connections_max_);
                        }};
  }
  if (option.name == "log.slow_commands_max") {
    return NamedByRedis{
        [this] { return std::to_string(resp_.slow_log().length_max()); },
        [this] { resp_.slow_log().set_length_max(current_.get()->slow_commands_max); }};
  }
  if (option.name == "log.slow_threshold") {
    return NamedByRedis{
        [this, &option] {
          const std::int64_t held = resp_.slow_log().threshold();
          if (held == slow_microseconds(current_.get()->slow_request_threshold)) {
            return option.read();
          }
          // Nothing would be none at all.
          return std::to_string(std::max<std::int64_t>(held / 1000, held < 0 ? 0 : 1)) + "ms";
        },
        [this] {
          resp_.set_slow_threshold(slow_microseconds(current_.get()->slow_request_threshold));
        }};
  }
  if (option.name == "log.latency_threshold") {
    return NamedByRedis{
        [this, &option] {
          const std::chrono::milliseconds held(resp_.latency_events().threshold());
          if (held == current_.get()->latency_threshold) return option.read();
          return std::to_string(held.count()) + "ms";
        },
        [this] { resp_.set_latency_threshold(current_.get()->latency_threshold.count()); }};
  }
  return {};
}

void RunningServer::set_connections_max(std::uint32_t count) {
  connection_limit_.set_max(count);
  ServerConfig config = *current_.get();
  config.connections_max = count;
  current_.set(std::move(config));
}

void RunningServer::set_limits(const RequestLimits& limits) {
  MutexLock lock(reconfiguring_);
  limits_.set(limits);
  access_.rates().set_per_second(limits.requests_per_second);
}

void RunningServer::reconfigure(const ServerConfig& wanted) {
  set_limits(wanted.limits);
  MutexLock lock(reconfiguring_);
  const ServerConfig before = *current_.get();
  // What clients have set since by CONFIG SET, under Redis's names, stays unless it is to change.
  if (wanted.connections_max !=
      std::exchange(configured_connections_max_, wanted.connections_max)) {
    set_connections_max(wanted.connections_max);
  }
  if (wanted.slow_request_threshold != before.slow_request_threshold) {
    resp_.set_slow_threshold(slow_microseconds(wanted.slow_request_threshold));
  }
  if (wanted.slow_commands_max != before.slow_commands_max) {
    resp_.slow_log().set_length_max(wanted.slow_commands_max);
  }
  if (wanted.latency_threshold != before.latency_threshold) {
    resp_.set_latency_threshold(wanted.latency_threshold.count());
  }
  ServerConfig config = *current_.get();
  config.limits = wanted.limits;
  config.cors = wanted.cors;
  config.drain_timeout = wanted.drain_timeout;
  config.slow_request_threshold = wanted.slow_request_threshold;
  config.slow_commands_max = wanted.slow_commands_max;
  config.latency_threshold = wanted.latency_threshold;
  current_.set(std::move(config));
}

Result<void> RunningServer::listen() {
  if (config_.http.enabled) {
    Listener::Protocol protocol{
        .name = "http",
        .session = [this](std::shared_ptr<Connection> connection) -> Task<> {
          HttpSession session(std::move(connection), application_);
          co_await session.run();
        },
        .refusal = http_refusal()};
    QUARTZ_ASSIGN(http_listener_,
                  Listener::bind(config_.http, std::move(protocol), surroundings(http_counters_)));
  }
  if (config_.resp.enabled) {
    Listener::Protocol protocol{
        .name = "resp",
        .session = [this](std::shared_ptr<Connection> connection) -> Task<> {
          const auto session = std::make_shared<RespSession>(
              std::move(connection),
              RespSurroundings{
                  .server = resp_, .limits = limits_, .buffers = buffers_, .log = log_});
          co_await session->run();
        },
        .refusal = "-ERR max number of clients reached\r\n"};
    QUARTZ_ASSIGN(resp_listener_,
                  Listener::bind(config_.resp, std::move(protocol), surroundings(resp_counters_)));
  }
  // Both addresses are taken before the first client is let in.
  for (const auto* listener : {&http_listener_, &resp_listener_}) {
    if (*listener) (*listener)->start();
  }
  return {};
}

// Streams of HTTP, and clients of Redis's protocol that listen, were let in once; each of them
// finds out whether it may go on.
void RunningServer::users_changed(std::string_view revoked) {
  threads_.post_to_each([](IoThread& thread) { thread.connections.tell_users_changed(); });
  if (!revoked.empty()) end_connections_of(revoked);
}

// Those of HTTP have to prove who they are with every request anyway. Who has not logged in is
// called like the user "default", and is not that one.
void RunningServer::end_connections_of(std::string_view user) {
  for (const auto& client : resp_.clients()) {
    const ClientDescription described = client->description();
    if (described.logged_in && described.user == user) client->kill();
  }
}

std::optional<std::uint16_t> RunningServer::port_of(
    const std::unique_ptr<Listener>& listener) noexcept {
  if (!listener) return std::nullopt;
  return listener->port();
}

void RunningServer::stop() {
  std::call_once(stopped_, [this] { stop_once(); });
}

void RunningServer::stop_once() {
  stopping_.store(true, std::memory_order_relaxed);
  // Whoever was accepted before is on his thread's queue before what follows.
  const IoThread* const first = &threads_.at(0);
  threads_.run_on_each([&](const IoThread& thread) {
    if (&thread != first) return;
    for (const auto* listener : {&http_listener_, &resp_listener_}) {
      if (*listener) (*listener)->close();
    }
  });
  threads_.run_on_each([](IoThread& thread) { thread.connections.drain(); });
  local_clients_->stop();
  // A request of HTTP that is held would keep its connection open.
  resp_.end_pauses_for_good();
  if (!connection_limit_.wait_until_none(current_.get()->drain_timeout)) {
    log_.warn("{} connections are cut off after drain_timeout", connection_limit_.open());
    threads_.run_on_each([](IoThread& thread) { thread.connections.close_all(); });
  }
  threads_.stop();
  expiry_sweeper_.stop();
  workers_.stop();
}

ServerStatistics RunningServer::statistics() const {
  ServerStatistics now;
  now.connections_open = connection_limit_.open();
  for (const auto& [counters, to] :
       {std::pair{&http_counters_, &now.http}, std::pair{&resp_counters_, &now.resp}}) {
    to->connections_open = counters->open.load(std::memory_order_relaxed);
    to->connections_accepted = counters->accepted.load(std::memory_order_relaxed);
    to->connections_refused = counters->refused.load(std::memory_order_relaxed);
    to->received_bytes = counters->received_bytes.value();
    to->sent_bytes = counters->sent_bytes.value();
    now.connections_accepted += to->connections_accepted;
    now.connections_refused += to->connections_refused;
    now.tls_handshakes_failed += counters->tls_handshakes_failed.load(std::memory_order_relaxed);
    now.deadlines_missed += counters->deadlines_missed.load(std::memory_order_relaxed);
  }
  now.buffered_bytes = buffers_.held_bytes();
  application_.add_statistics(now);
  return now;
}

}  // namespace quartz::server
