#pragma once

#include <concepts>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>

namespace quartz::client {

/// The executor of a client's owner, whatever it is. `any_io_executor` allocates to tell whether it
/// blocks, which a strand asks each time; this knows.
class OwnersExecutor {
 public:
  // A template, so that nobody asks whether this may be converted to that, and so to this again.
  template <std::same_as<boost::asio::any_io_executor> Executor>
  explicit OwnersExecutor(Executor executor)
      : executor_(std::move(executor)),
        blocking_(boost::asio::query(executor_, boost::asio::execution::blocking)) {}

  const boost::asio::any_io_executor& get() const noexcept { return executor_; }

  // What Asio takes an executor by.
  boost::asio::execution_context& query(boost::asio::execution::context_t property) const noexcept {
    return boost::asio::query(executor_, property);
  }
  boost::asio::execution::blocking_t query(
      boost::asio::execution::blocking_t /*property*/) const noexcept {
    return blocking_;
  }
  OwnersExecutor require(boost::asio::execution::blocking_t::never_t property) const {
    return {boost::asio::require(executor_, property), property};
  }
  OwnersExecutor require(boost::asio::execution::blocking_t::possibly_t property) const {
    return {boost::asio::prefer(executor_, property), property};
  }
  OwnersExecutor require(boost::asio::execution::outstanding_work_t::tracked_t property) const {
    return {boost::asio::prefer(executor_, property), blocking_};
  }
  OwnersExecutor require(boost::asio::execution::outstanding_work_t::untracked_t property) const {
    return {boost::asio::prefer(executor_, property), blocking_};
  }
  template <class Function>
  void execute(Function&& function) const {
    executor_.execute(std::forward<Function>(function));
  }
  bool operator==(const OwnersExecutor& other) const noexcept {
    return executor_ == other.executor_;
  }

 private:
  template <std::same_as<boost::asio::any_io_executor> Executor>
  OwnersExecutor(Executor executor, boost::asio::execution::blocking_t blocking)
      : executor_(std::move(executor)), blocking_(blocking) {}

  boost::asio::any_io_executor executor_;
  boost::asio::execution::blocking_t blocking_;
};

/// Where everything of one client runs, one thing at a time.
using Strand = boost::asio::strand<OwnersExecutor>;

}  // namespace quartz::client
