#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace quartz::server {

/// What an event loop leaves for the end of its turn, when everything that was ready has been
/// served. Answers that are sent then, one behind the other, wake up a peer once; sent each at its
/// time, they may find it asleep as often. Threads: its io thread.
class TurnEnd {
 public:
  /// Who has left something.
  class Participant {
   public:
    virtual ~Participant() = default;
    virtual void turn_ends() = 0;
  };

  explicit TurnEnd(boost::asio::io_context& context) : context_(context) {}
  TurnEnd(const TurnEnd&) = delete;
  TurnEnd& operator=(const TurnEnd&) = delete;

  /// Calls it at the end of this turn. From within it may ask for the next one.
  void call(std::shared_ptr<Participant> participant) {
    if (next_.empty()) boost::asio::post(context_, [this] { end_turn(); });
    next_.push_back(std::move(participant));
  }

 private:
  void end_turn() {
    now_.swap(next_);
    for (const auto& participant : now_) participant->turn_ends();
    now_.clear();
  }

  boost::asio::io_context& context_;
  std::vector<std::shared_ptr<Participant>> next_;
  std::vector<std::shared_ptr<Participant>> now_;
};

}  // namespace quartz::server
