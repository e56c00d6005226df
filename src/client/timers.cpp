#include "client/timers.hpp"

#include <boost/system/error_code.hpp>

namespace quartz::client {

void Timers::set(Entry& entry, Clock::time_point at) {
  if (stopped_) return;
  queue_.add(entry, at);
  if (!calling_) arm();
}

void Timers::arm() {
  const auto earliest = queue_.earliest();
  if (!earliest || *earliest >= armed_for_) return;
  armed_for_ = *earliest;
  // Ends a wait for a later moment.
  timer_.expires_at(armed_for_);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (error || self->stopped_) return;
    self->armed_for_ = Clock::time_point::max();
    self->call_due();
  });
}

void Timers::call_due() {
  if (calling_) return;  // Whoever does goes on.
  calling_ = true;
  const Clock::time_point now = Clock::now();
  while (Entry* const entry = queue_.take_due(now)) entry->due();
  calling_ = false;
  if (!stopped_) arm();
}

void Timers::stop() noexcept {
  stopped_ = true;
  queue_.clear();
  timer_.cancel();
}

}  // namespace quartz::client
