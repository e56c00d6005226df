#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quartz::server {

/// A coroutine of an io thread. It names the executor's type, so that what it waits for resumes it
/// without a detour over one whose type was erased.
template <class T = void>
using Task = boost::asio::awaitable<T, boost::asio::io_context::executor_type>;

/// For asynchronous operations that a `Task` waits for.
inline constexpr boost::asio::use_awaitable_t<boost::asio::io_context::executor_type> kUseTask;

}  // namespace quartz::server
