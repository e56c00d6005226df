#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "quartz/client/client.hpp"
#include "support/fault_proxy.hpp"

namespace quartz::client {

/// Clients of a server of this process that reach it through a FaultProxy, and coroutines that use
/// them. Everything of theirs runs on the calling thread, within `run`.
class ProxiedClients {
 public:
  using Clock = std::chrono::steady_clock;

  /// `config`: of each of them, but for the endpoint.
  ProxiedClients(std::uint16_t server_port, std::uint64_t seed, ClientConfig config,
                 std::size_t count);
  ProxiedClients(const ProxiedClients&) = delete;
  ProxiedClients& operator=(const ProxiedClients&) = delete;
  ~ProxiedClients() = default;

  FaultProxy& proxy() noexcept { return proxy_; }
  std::size_t size() const noexcept { return clients_.size(); }
  Client& client(std::size_t which) { return clients_.at(which); }

  /// What begins with the next `run`.
  void add(boost::asio::awaitable<void> coroutine);
  /// An operation that began then has ended. It is a failure of the test if it did so long after
  /// its deadline.
  void operation_ended(Clock::time_point begun);
  /// Until all coroutines have ended. False, which is a failure of the test, if one hangs: no
  /// operation ended for a time in which all of them should have.
  bool run();

  /// Ends all faults, and returns when each client has reached the server; that one does not is a
  /// failure of the test.
  void heal();
  /// How long `heal` has waited for clients, the last of each time.
  const std::vector<double>& recoveries_ms() const noexcept { return recoveries_ms_; }
  /// Attempts beyond the first ones, of all clients.
  std::uint64_t retries() const;
  /// Ends whatever is under way: nothing is written by any of these afterwards.
  void close();

 private:
  boost::asio::awaitable<void> reach_server(std::size_t which);
  bool server_has_no_other_client();

  const std::uint16_t server_port_;
  const std::chrono::milliseconds request_timeout_;
  FaultProxy proxy_;
  boost::asio::io_context context_{1};
  std::vector<Client> clients_;
  std::size_t running_ = 0;
  std::uint64_t ended_ = 0;
  std::vector<double> recoveries_ms_;
};

}  // namespace quartz::client
