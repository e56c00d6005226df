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
constexpr std::size_t kWithdrawnMax = 64;

// What a reply is, behind what is said about it.
RespType type_of(Exchange::Reply reply) noexcept {
  const auto head = std::ranges::find_if(reply, [](const RespNode& node) {
    return node.depth == 0 && node.type != RespType::attribute;
  });
  return head == reply.end() ? RespType::null : head->type;
}

}  // namespace

void Exchange::submit(std::string_view request, Waiter& waiter, std::uint32_t replies) {
  while (in_flight() + replies > waiters_.size()) grow();
  collected_ += request;
  requests_.push_back({collected_.size(), replies});
  waiter.place_ = next_place_;
  waiter.replies_ = replies;
  for (std::uint32_t i = 0; i < replies; ++i) at(next_place_++) = &waiter;
}

void Exchange::grow() {
  std::vector<Waiter*> larger(std::max(kWaitersMin, waiters_.size() * 2));
  for (std::uint64_t place = first_place_; place != next_place_; ++place) {
    larger[static_cast<std::size_t>(place & (larger.size() - 1))] = at(place);
  }
  waiters_ = std::move(larger);
}

bool Exchange::abandon(const Waiter& waiter) noexcept {
  const std::uint64_t end = waiter.place_ + waiter.replies_;
  for (std::uint64_t place = std::max(waiter.place_, first_place_); place != end; ++place) {
    at(place) = nullptr;
  }
  if (waiter.place_ < unsent_place_) return true;
  ++withdrawn_;
  // While a write is stuck, what was given up does not pile up.
  if (withdrawn_ > kWithdrawnMax && withdrawn_ > requests_.size() / 2) drop_withdrawn();
  return false;
}

void Exchange::drop_withdrawn() noexcept {
  std::uint64_t from = unsent_place_;
  std::uint64_t to = unsent_place_;
  std::size_t begin = 0;
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const Collected request : requests_) {
    Waiter* const waiter = at(from);
    const std::size_t size = request.end - begin;
    if (waiter != nullptr) {
      waiter->place_ = to;
      for (std::uint32_t i = 0; i < request.replies; ++i) at(to++) = waiter;
      std::copy_n(collected_.begin() + static_cast<std::ptrdiff_t>(begin), size,
                  collected_.begin() + static_cast<std::ptrdiff_t>(bytes));
      bytes += size;
      requests_[count++] = {bytes, request.replies};
    }
    begin = request.end;
    from += request.replies;
  }
  collected_.resize(bytes);
  requests_.resize(count);
  next_place_ = to;
  withdrawn_ = 0;
}

std::string_view Exchange::begin_write() {
  if (withdrawn_ != 0) drop_withdrawn();
  written_.clear();
  std::swap(written_, collected_);
  requests_.clear();
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
  requests_.clear();
  withdrawn_ = 0;
  received_.clear();
  parser_ = RespReplyParser();
  writing_ = false;
  // Whoever abandons his request meanwhile takes nothing back.
  unsent_place_ = end;
  while (first_place_ != end) {
    const std::uint64_t place = first_place_++;
    Waiter* const waiter = at(place);
    if (waiter == nullptr) continue;
    const std::uint64_t waiter_end = waiter->place_ + waiter->replies_;
    for (std::uint64_t each = place + 1; each != waiter_end; ++each) at(each) = nullptr;
    waiter->failed(place < unsent ? FailureKind::lost : FailureKind::not_sent);
  }
}

}  // namespace quartz::client
