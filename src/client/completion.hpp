#pragma once

#include <utility>

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include "quartz/client/client_result.hpp"

namespace quartz::client {

/// Who is told what became of an operation.
template <class T>
using Handler = boost::asio::any_completion_handler<void(ClientResult<T>)>;

/// Where the handler wants to be called; `own`: where those are who do not say. Its context must
/// not run out of work before; the client's own does not, for it has the connection.
template <class T>
boost::asio::any_completion_executor executor_of(const boost::asio::any_completion_executor& own,
                                                 const Handler<T>& handler) {
  const auto executor = boost::asio::get_associated_executor(handler, own);
  if (executor == own) return own;
  return boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked);
}

/// `cancel()` is called when the caller gives up, on whatever thread that is.
template <class T, class Cancel>
void listen_to_cancellation(const Handler<T>& handler, Cancel cancel) {
  auto slot = handler.get_cancellation_slot();
  if (!slot.is_connected()) return;
  slot.assign([cancel = std::move(cancel)](boost::asio::cancellation_type type) {
    // The third kind promises that nothing has happened, which nobody can.
    constexpr auto kHeard =
        boost::asio::cancellation_type::terminal | boost::asio::cancellation_type::partial;
    if ((type & kHeard) != boost::asio::cancellation_type::none) cancel();
  });
}

/// What is to run on the caller's executor. Until then the caller may still cancel, in vain.
template <class T>
auto call_of(Handler<T> handler, ClientResult<T> result) {
  return [handler = std::move(handler), result = std::move(result)]() mutable {
    auto slot = handler.get_cancellation_slot();
    if (slot.is_connected()) slot.clear();
    std::move(handler)(std::move(result));
  };
}

/// Runs the call there, by way of `own`, but never from within whoever says so.
template <class Executor, class Call>
void run_later(const Executor& own, boost::asio::any_completion_executor where, Call call) {
  boost::asio::post(own, [where = std::move(where), call = std::move(call)]() mutable {
    boost::asio::dispatch(where, std::move(call));
  });
}

}  // namespace quartz::client
