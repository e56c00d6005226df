#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/system_executor.hpp>

#include "client/completion.hpp"
#include "quartz/client/client_error.hpp"

namespace quartz::client {

/// A number that is another one in a process that came from `fork` than in the one it came from.
/// Threads: any. Cost: one load.
std::uint64_t fork_generation() noexcept;

/// What everything fails with that a child process asks of a client of its parent.
ClientError of_another_process();

/// Keeps, for as long as the process lives, what a child process must not end: locks may be held by
/// threads that it does not have, and descriptors are its parent's, too.
void keep_for_parent(std::shared_ptr<void> what) noexcept;

/// Runs it on a thread of its own, for nobody runs the client's executor in a child process; at
/// once if there can be none.
void run_elsewhere(std::function<void()> call);

/// Tells the handler so: where it wants to be told, but never from within; at once, if it does not
/// say.
template <class T>
void tell_of_another_process(Handler<T> handler) {
  const boost::asio::any_completion_executor at_once{boost::asio::system_executor()};
  auto where = executor_of<T>(at_once, handler);
  auto call = call_of<T>(std::move(handler), of_another_process());
  if (where == at_once) return call();
  const auto kept = std::make_shared<decltype(call)>(std::move(call));
  run_elsewhere(
      [where = std::move(where), kept] { boost::asio::dispatch(where, std::move(*kept)); });
}

}  // namespace quartz::client
