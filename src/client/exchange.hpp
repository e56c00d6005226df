#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_reply_parser.hpp"
#include "quartz/client/request_failure.hpp"
#include "quartz/result.hpp"

namespace quartz::client {

/// Requests and replies of one connection without its socket: many callers share it, their requests
/// go out in one write after another, and each gets the reply in its place. Requests that come
/// while a write is under way wait for the next one, so that the busier it is, the fewer writes
/// there are.
///
/// It allocates nothing once its buffers have grown to what is usual. Threads: one at a time.
class Exchange {
 public:
  using Reply = std::span<const protocol::RespNode>;

  /// Who waits for the replies of a request. He is told of each of them, or, once, that those which
  /// are missing will not come; of nothing more once he has abandoned it. From within, he may
  /// submit and abandon requests.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    /// The reply lives until this returns; it may be an error.
    virtual void replied(Reply reply) = 0;
    /// `not_sent`, or `lost` if the server may have got the request.
    virtual void failed(FailureKind kind) = 0;

   private:
    friend class Exchange;
    std::uint64_t place_ = 0;
    std::uint32_t replies_ = 0;
    std::uint32_t refusals_ = 0;  // That may come besides.
  };

  /// `on_push` is told what the server says unasked; it lives until it returns.
  explicit Exchange(std::function<void(Reply)> on_push) : on_push_(std::move(on_push)) {}
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() = default;

  /// `request`: as the protocol has it, one command for each of the `replies`; several are a batch,
  /// from MULTI to EXEC. The waiter outlives the exchange or what it waits for, and waits for one
  /// request at a time.
  void submit(std::string_view request, Waiter& waiter, std::uint32_t replies = 1);
  /// The same of commands that reply only if they are refused (SUBSCRIBE), before a last one that
  /// replies in any case. The waiter is told of the replies that come, the last one's included, as
  /// of parts of one request; how many there are nobody knows before.
  void submit_unanswered(std::string_view request, Waiter& waiter, std::uint32_t commands);
  /// Nobody waits for what is missing of that request's replies any more. False if no write has
  /// begun with it: then none will, and the server never gets it. Otherwise replies are dropped
  /// when they come. Needs a waiter that waits.
  bool abandon(const Waiter& waiter) noexcept;

  /// What to write next: everything submitted since the write before; empty if there is nothing. It
  /// stays until `end_write`, which comes before the next `begin_write`.
  std::string_view begin_write();
  void end_write() noexcept;
  bool writing() const noexcept { return writing_; }

  /// Takes what was received. `io_error` if that is no reply, or one that nobody asked for, or if
  /// the server refused to begin or to end a batch: MULTI may then be open for whoever comes next,
  /// or the commands behind it may have run one by one. Nothing behind it means anything, so the
  /// connection must end; nobody is told of it by `replied`.
  Result<void> receive(std::string_view bytes);
  /// The connection has ended, or is about to. Everybody who waits is told, in their order, and the
  /// exchange is as it was at first.
  void disconnect();

  /// Replies that are missing, those that nobody waits for included.
  std::size_t in_flight() const noexcept {
    return static_cast<std::size_t>(next_place_ - first_place_);
  }
  /// Of those, the ones that nobody waits for.
  std::size_t unanswered() const noexcept { return unanswered_; }
  /// Bytes submitted that no write has begun with.
  std::size_t collected_bytes() const noexcept { return collected_.size(); }

 private:
  /// What the command of a place is to the connection, whoever waits for it.
  enum class Part : std::uint8_t {
    whole,   ///< A request, or a command within a batch: its error is its own.
    begins,  ///< MULTI.
    ends,    ///< EXEC.
  };
  struct Place {
    Waiter* waiter = nullptr;  // Null: he has gone.
    Part part = Part::whole;
    std::uint32_t refusals_left = 0;  // Errors that may come before the reply of this place.
  };

  Place& at(std::uint64_t place) noexcept {
    return places_[static_cast<std::size_t>(place & (places_.size() - 1))];
  }
  void add_places(Waiter& waiter, std::uint32_t replies) noexcept;
  /// What stands in `collected_`, in its order.
  struct Collected {
    std::size_t end = 0;  // Of its bytes.
    std::uint32_t replies = 0;
  };

  void grow();
  void drop_withdrawn() noexcept;
  Result<void> take_reply(Reply reply);

  const std::function<void(Reply)> on_push_;
  // A ring of a power of two, one place for each reply. Those from `unsent_place_` on are of the
  // collected requests.
  std::vector<Place> places_;
  std::uint64_t first_place_ = 0;
  std::uint64_t unsent_place_ = 0;
  std::uint64_t next_place_ = 0;
  std::size_t unanswered_ = 0;  // Places of what was sent and given up.

  std::string collected_;
  std::vector<Collected> requests_;
  std::size_t withdrawn_ = 0;  // Of those, how many were abandoned.
  std::string written_;
  bool writing_ = false;

  protocol::RespReplyParser parser_;
  std::string received_;  // From the first byte of an incomplete reply on.
};

}  // namespace quartz::client
