#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <type_traits>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include "client/deadline_queue.hpp"
#include "client/strand.hpp"

namespace quartz::client {

/// Calls entries when they are due, by one timer that is set only when an earlier one comes than it
/// is set to: requests that are answered in time cost it nothing. All on the strand.
class Timers : public std::enable_shared_from_this<Timers> {
 public:
  using Clock = DeadlineQueue::Clock;
  using Entry = DeadlineQueue::Entry;

  explicit Timers(const Strand& strand) : timer_(strand) {}
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  ~Timers() = default;

  /// Calls it then, and not when it was due before.
  void set(Entry& entry, Clock::time_point at);
  /// Calls those that are due now, which the timer itself may be late to do.
  void call_due();
  void cancel(Entry& entry) noexcept { queue_.remove(entry); }
  /// Forgets all, and calls nobody any more.
  void stop() noexcept;

 private:
  void arm();

  DeadlineQueue queue_;
  boost::asio::basic_waitable_timer<Clock, boost::asio::wait_traits<Clock>, Strand> timer_;
  Clock::time_point armed_for_ = Clock::time_point::max();  // The maximum: it is not set.
  bool calling_ = false;
  bool stopped_ = false;
};

/// Calls one of its owner's functions when it is due.
template <class Owner>
class MemberTimer final : public Timers::Entry {
 public:
  MemberTimer(Owner& owner, void (Owner::*call)()) : owner_(owner), call_(call) {}
  void due() override { (owner_.*call_)(); }

 private:
  Owner& owner_;
  void (Owner::* const call_)();
};

/// The earlier of `deadline` and `timeout` after `now`; a timeout of 0, or of longer than the clock
/// can tell, is none.
inline Timers::Clock::time_point deadline_after(Timers::Clock::time_point now,
                                                std::chrono::milliseconds timeout,
                                                std::optional<Timers::Clock::time_point> deadline) {
  constexpr auto kNever = Timers::Clock::time_point::max();
  const auto longest = std::chrono::floor<std::chrono::milliseconds>(kNever - now);
  const bool none = timeout.count() == 0 || timeout >= longest;
  return std::min(none ? kNever : now + timeout, deadline.value_or(kNever));
}

}  // namespace quartz::client
