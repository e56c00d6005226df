#pragma once

// What initiating functions of the client's headers are made of. Not for applications.

#include <future>
#include <type_traits>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>

#include "quartz/client/client_result.hpp"

namespace quartz::client {

/// The handler without its type. The executor of a coroutine is one without a type already, and to
/// ask a handler without a type for such a one allocates; the context's own is as good.
template <class T, class Handler>
boost::asio::any_completion_handler<void(ClientResult<T>)> erase_type(Handler handler) {
  using boost::asio::any_io_executor;
  if constexpr (std::is_same_v<boost::asio::associated_executor_t<Handler>, any_io_executor>) {
    using Plain = boost::asio::io_context::executor_type;
    const any_io_executor executor = boost::asio::get_associated_executor(handler);
    if (const Plain* const plain = executor.template target<Plain>()) {
      return boost::asio::bind_executor(*plain, std::move(handler));
    }
  }
  return handler;
}

/// Waits for an operation's end on the thread that began it.
template <class T>
class Outcome {
 public:
  /// What to give the operation to tell.
  auto handler() {
    return [told = std::move(told_)](ClientResult<T> result) mutable {
      told.set_value(std::move(result));
    };
  }
  ClientResult<T> wait() { return result_.get(); }  ///< Until it was told; once.

 private:
  std::promise<ClientResult<T>> told_;
  std::future<ClientResult<T>> result_ = told_.get_future();
};

}  // namespace quartz::client
