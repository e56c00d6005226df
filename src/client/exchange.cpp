#include "client/exchange.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::client {

using protocol::RespNode;
using protocol::RespReplyParser;
using protocol::RespType;

namespace {

constexpr std::size_t kWaitersMin = 16;

// What a reply is, behind what is said about it.
RespType type_of(Exchange::Reply reply) noexcept {
  const auto head = std::ranges::find_if(reply, [](const RespNode& node) {
    return node.depth == 0 && node.type != RespType::attribute;
  });
  return head == reply.end() ? RespType::null : head->type;
}

}  // namespace

void Exchange::submit(std::string_view request, Waiter& waiter) {
  if (in_flight() == waiters_.size()) grow();
  collected_ += request;
  waiter.place_ = next_place_++;
  at(waiter.place_) = &waiter;
}

void Exchange::grow() {
  std::vector<Waiter*> larger(std::max(kWaitersMin, waiters_.size() * 2));
  for (std::uint64_t place = first_place_; place != next_place_; ++place) {
    larger[static_cast<std::size_t>(place & (larger.size() - 1))] = at(place);
  }
  waiters_ = std::move(larger);
}

void Exchange::abandon(const Waiter& waiter) noexcept { at(waiter.place_) = nullptr; }

std::string_view Exchange::begin_write() {
  written_.clear();
  std::swap(written_, collected_);
  unsent_place_ = next_place_;
  writing_ = !written_.empty();
  return written_;
}

Result<void> Exchange::receive(std::string_view bytes) {
  // Most replies arrive whole, and are read where they are.
  const bool in_pieces = !received_.empty();
  if (in_pieces) received_ += bytes;
  std::string_view rest = in_pieces ? std::string_view(received_) : bytes;
  while (!rest.empty()) {
    const auto progress = parser_.advance(rest);
    if (progress == RespReplyParser::Progress::incomplete) break;
    if (progress == RespReplyParser::Progress::refused) {
      return Error(Errc::io_error,
                   fmt::format("the server does not speak the protocol: {}", parser_.refusal()));
    }
    QUARTZ_TRY(take_reply(parser_.nodes()));
    rest.remove_prefix(parser_.consumed());
  }
  if (in_pieces) {
    received_.erase(0, received_.size() - rest.size());
  } else {
    received_.assign(rest);
  }
  return {};
}

Result<void> Exchange::take_reply(Reply reply) {
  if (type_of(reply) == RespType::push) {
    on_push_(reply);
    return {};
  }
  if (first_place_ == unsent_place_) {
    return Error(Errc::io_error, "the server replies to what was not sent");
  }
  Waiter* const waiter = at(first_place_++);
  if (waiter != nullptr) waiter->replied(reply);
  return {};
}

void Exchange::disconnect() {
  const std::uint64_t unsent = unsent_place_;
  const std::uint64_t end = next_place_;
  collected_.clear();
  received_.clear();
  parser_ = RespReplyParser();
  writing_ = false;
  while (first_place_ != end) {
    const std::uint64_t place = first_place_++;
    unsent_place_ = std::max(unsent_place_, first_place_);
    Waiter* const waiter = at(place);
    if (waiter != nullptr) {
      waiter->failed(place < unsent ? FailureKind::lost : FailureKind::not_sent);
    }
  }
}

}  // namespace quartz::client
