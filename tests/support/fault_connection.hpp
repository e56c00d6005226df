#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/mutex.hpp"
#include "base/random.hpp"
#include "support/fault_proxy.hpp"

namespace quartz {

/// The counts of a FaultProxy, for whose changes other threads may wait.
class FaultTally {
 public:
  template <class Change>
  void change(Change&& change) QUARTZ_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    change(counts_);
    changed_.notify_all();
  }
  FaultCounts counts() const QUARTZ_EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return counts_;
  }
  bool wait_until(const std::function<bool(const FaultCounts&)>& reached) const
      QUARTZ_EXCLUDES(mutex_);

 private:
  mutable Mutex mutex_;
  mutable CondVar changed_;
  FaultCounts counts_ QUARTZ_GUARDED_BY(mutex_);
};

/// One connection through a FaultProxy: two sockets, and what is done to the bytes between them.
/// Threads: that of its executor only.
class FaultConnection : public std::enable_shared_from_this<FaultConnection> {
 public:
  using Tcp = boost::asio::ip::tcp;

  /// The tally outlives it.
  FaultConnection(Tcp::socket client, const ConnectionFaults& faults, std::uint64_t seed,
                  FaultTally& tally);

  void start(std::uint16_t target_port);
  void set_faults(const ConnectionFaults& faults);
  void end(StreamEnd how);
  bool over() const noexcept { return over_; }

 private:
  using Clock = std::chrono::steady_clock;

  struct Piece {
    std::string bytes;
    Clock::time_point due;
  };

  /// One direction.
  struct Stream {
    Stream(Tcp::socket& source, Tcp::socket& sink, StreamCounts FaultCounts::* counted,
           const StreamFaults& first_faults, std::uint64_t seed);

    Tcp::socket& from;
    Tcp::socket& to;
    StreamCounts FaultCounts::* const counts;
    StreamFaults faults;
    Random jitter;
    Random flips;  // Apart, for how many pieces there are is no matter of the seed.
    boost::asio::steady_timer timer;
    std::array<char, 65536> buffer;
    std::deque<Piece> pieces;
    std::size_t offset = 0;  // In the first of them.
    std::size_t held = 0;
    std::uint64_t flip_gap = 0;  // Bytes before the next one that is flipped.
    Clock::time_point rate_at{};
    int looks_before_reset = 0;
    bool reading = false;
    bool writing = false;
    bool source_ended = false;
    bool ended = false;  // The other side was told, and what comes is swallowed.
  };

  void read(Stream& stream);
  void take(Stream& stream, std::size_t count);
  void flip(Stream& stream, std::size_t count);
  void apply(Stream& stream, const StreamFaults& faults);
  void drop_held(Stream& stream);
  void advance(Stream& stream);
  void advance_at(Stream& stream, Clock::time_point at);
  void write(Stream& stream);
  void written(Stream& stream, std::size_t count);
  void end(Stream& stream, StreamEnd how);
  void finish(Stream& stream);
  void reset();
  void close();
  template <class Change>
  void count(const Stream& stream, Change&& change) {
    tally_.change([&](FaultCounts& counts) { change(counts.*stream.counts); });
  }

  Tcp::socket client_;
  Tcp::socket target_;
  FaultTally& tally_;
  Stream to_target_;
  Stream to_client_;
  bool connected_ = false;
  bool over_ = false;
};

}  // namespace quartz
