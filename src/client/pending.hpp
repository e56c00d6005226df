#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include <boost/asio/any_completion_executor.hpp>

#include "client/completion.hpp"
#include "client/strand.hpp"
#include "quartz/client/client_result.hpp"

namespace quartz::client {

/// A caller who waits, or nobody, for what is no request. On the strand.
template <class T>
class Pending {
 public:
  bool waits() const noexcept { return caller_.has_value(); }
  /// Needs nobody who waits. `number`: by which he may give up.
  void begin(Handler<T> handler, boost::asio::any_completion_executor where, std::uint64_t number) {
    caller_.emplace(Caller{std::move(handler), std::move(where), number});
  }
  bool waits(std::uint64_t number) const noexcept { return caller_ && caller_->number == number; }
  /// Tells him, later; nobody waits then. Needs one who waits.
  void tell(const Strand& strand, ClientResult<T> result) {
    Caller caller = *std::exchange(caller_, std::nullopt);
    run_later(strand, std::move(caller.where),
              call_of<T>(std::move(caller.handler), std::move(result)));
  }

 private:
  struct Caller {
    Handler<T> handler;
    boost::asio::any_completion_executor where;
    std::uint64_t number;
  };

  std::optional<Caller> caller_;
};

}  // namespace quartz::client
