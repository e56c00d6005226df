#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/random.hpp"
#include "client/proxied_clients.hpp"

namespace quartz::client {

/// What became of the operations of a FaultRun.
struct FaultFigures {
  std::uint64_t operations = 0;
  std::uint64_t failed = 0;
  std::uint64_t not_executed = 0;  ///< Of those, as their errors say.
  /// Of those that may be repeated: all but plain writes to lists and counters.
  std::uint64_t repeatable = 0;
  std::uint64_t repeatable_failed = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t retries = 0;
  std::vector<double> recoveries_ms;  ///< How long clients took to be well again.
  std::vector<double> late_ms;        ///< How long after their deadlines these ended.
};
std::ostream& operator<<(std::ostream& out, const FaultFigures& figures);

/// Random operations of several clients, each with several coroutines, through a FaultProxy, and
/// what has to be true of them whatever happens between the client and the server:
///
/// - what was acknowledged is there once; what was not executed, as its error says, is not there;
///   what nobody knows of is there once or not at all, also in a batch, and also if it was
///   repeated under one key;
/// - nobody reads what nobody wrote, nor nothing where something was acknowledged;
/// - no operation hangs, and each client reaches the server as soon as the faults end.
///
/// The same seed makes the same operations, though not in the same order.
class FaultRun {
 public:
  struct Size {
    std::size_t clients = 0;
    std::size_t coroutines = 0;  // Of each client.
  };

  FaultRun(std::uint16_t server_port, std::uint64_t seed, const ClientConfig& config, Size size);

  FaultProxy& proxy() noexcept { return clients_.proxy(); }
  /// So many, all coroutines together.
  void operations(std::uint64_t count);
  /// Ends the faults. It is a failure of the test if a client does not reach the server then.
  void heal() { clients_.heal(); }
  /// Heals, ends the clients and looks at what the server holds.
  void judge();
  const FaultFigures& figures() const noexcept { return figures_; }

 private:
  /// How often something was carried out, as far as the client knows.
  enum class Times : std::uint8_t { once, never, once_or_never };
  /// An element that no other one is equal to, and the one or two lists that it was pushed to.
  struct Push {
    std::array<std::size_t, 2> lists;
    Times times = Times::once_or_never;
  };
  struct Counter {
    std::vector<std::int64_t> answers;
    std::uint64_t unknown = 0;
  };
  struct Text {
    std::uint64_t issued = 0;
    bool stored = false;
  };
  /// Who may do something only once by saying so, and how often it has.
  struct Sender {
    std::string name;
    std::uint64_t sent = 0;
  };

  boost::asio::awaitable<void> go_on(std::size_t client, std::uint64_t seed, std::uint64_t count);
  boost::asio::awaitable<void> get(Client& client, std::size_t key);
  boost::asio::awaitable<void> set(Client& client, std::size_t key);
  boost::asio::awaitable<void> increment(Client& client, std::size_t key, Sender* sender);
  boost::asio::awaitable<void> push(Client& client, std::size_t list, Sender* sender);
  boost::asio::awaitable<void> push_to_two(Client& client, std::array<std::size_t, 2> lists,
                                           Sender* sender);
  template <class T>
  Times note(const ClientResult<T>& result, ProxiedClients::Clock::time_point begun,
             bool may_be_repeated);
  void judge_lists(Client& direct);
  void judge_counters(Client& direct);

  const std::uint16_t server_port_;
  const Size size_;
  const std::chrono::milliseconds request_timeout_;
  Random random_;
  std::vector<Sender> senders_;  // One for each client.
  std::vector<Push> pushes_;     // By element.
  std::vector<Counter> counters_;
  std::vector<Text> texts_;
  FaultFigures figures_;
  ProxiedClients clients_;  // Ends before what its coroutines use.
};

}  // namespace quartz::client
