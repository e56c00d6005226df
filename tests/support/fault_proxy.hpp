#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/random.hpp"

namespace quartz {

/// How a connection ends that a FaultProxy ends.
enum class StreamEnd : std::uint8_t {
  reset,       ///< With RST to both sides; what was passed on before it has arrived.
  half_close,  ///< One direction only, as if its sender had finished; the rest is swallowed.
  close,       ///< Both directions, as if both had finished.
};

/// What happens to the bytes of one direction.
struct StreamFaults {
  std::chrono::milliseconds latency{0};  ///< Each piece is held that long.
  std::chrono::milliseconds jitter{0};   ///< By chance up to so much longer; the order stays.
  std::uint64_t bytes_per_second = 0;    ///< 0: as fast as they come.
  std::uint64_t flip_one_in = 0;  ///< Of so many bytes, one has a bit flipped; 0: none. Which ones
                                  ///< depends on the seed and their place only.
  bool swallow = false;           ///< They are taken, ends too, and never passed on.
  /// So many more bytes are passed on, then it ends.
  std::optional<std::uint64_t> end_after = {};
  StreamEnd end = StreamEnd::reset;
};

/// What happens to a connection.
struct ConnectionFaults {
  StreamFaults to_target = {};
  StreamFaults to_client = {};

  /// Accepts, takes everything and never says a word.
  static ConnectionFaults black_hole();
  /// Some fault, or none, at some point of the first few kilobytes.
  static ConnectionFaults any(Random& random);
};

/// What a FaultProxy has done with the bytes of one direction.
struct StreamCounts {
  std::uint64_t received = 0;
  std::uint64_t passed = 0;
  std::uint64_t swallowed = 0;
  std::uint64_t flipped = 0;

  /// Bytes that wait to be passed on.
  std::uint64_t held() const noexcept { return received - passed - swallowed; }
};

/// What a FaultProxy has done.
struct FaultCounts {
  std::uint64_t connections = 0;  ///< Accepted.
  std::uint64_t open = 0;         ///< Of those, now.
  std::uint64_t unreachable = 0;  ///< Of those, reset since the target did not accept.
  std::uint64_t resets = 0;       ///< By the proxy, whyever.
  StreamCounts to_target;
  StreamCounts to_client;
};

/// Stands between clients and a server on this machine, and does to their connections what networks
/// do. It runs on a thread of its own. All of its choices come from `seed` and the order in which
/// connections are accepted, so that a run can be repeated.
///
/// A network that comes back is a long latency and then `heal`, which passes on what was held; a
/// peer that has hung is `swallow`.
///
/// Threads: any number at a time. What a call asks for is done when it returns.
class FaultProxy {
 public:
  /// The faults of a connection, by its number from 0 on and chances of its own.
  using Script = std::function<ConnectionFaults(std::uint64_t connection, Random& random)>;

  explicit FaultProxy(std::uint16_t target_port, std::uint64_t seed = 1);
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;
  ~FaultProxy();

  std::uint16_t port() const noexcept;

  /// Of all connections, those that are open included, from now on.
  void set_faults(const ConnectionFaults& faults);
  /// Of connections accepted from now on. Called on the proxy's thread.
  void set_script(Script script);
  /// Connections accepted from now on go there.
  void set_target(std::uint16_t port);
  /// From now on nobody listens. Connections that are open stay so.
  void refuse_connections();
  /// Ends all that are open; `half_close`: the direction to the clients.
  void end_all(StreamEnd how);
  /// Accepts connections, and does nothing to them nor to those that are open.
  void heal();

  FaultCounts counts() const;
  /// Blocks until the counts are so; false if they are not after ten seconds.
  bool wait_until(const std::function<bool(const FaultCounts&)>& reached) const;

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace quartz
