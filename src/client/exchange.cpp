#include "client/exchange.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "client/reply_reader.hpp"

namespace quartz::client {

using protocol::RespNode;
using protocol::RespReplyParser;
using protocol::RespType;

namespace {

constexpr std::size_t kPlacesMin = 16;
constexpr std::size_t kWithdrawnMax = 64;
// What a buffer keeps of its memory once it is empty.
constexpr std::size_t kKeptBytesMax = 1u << 20;

// What a reply is, behind what is said about it.
RespType type_of(Exchange::Reply reply) noexcept {
  const auto head = std::ranges::find_if(reply, [](const RespNode& node) {
    return node.depth == 0 && node.type != RespType::attribute;
  });
  return head == reply.end() ? RespType::null : head->type;
}

// With this the server has given up the batch and closed MULTI.
constexpr std::string_view kAborted = "EXECABORT";

}  // namespace

void Exchange::submit(std::string_view request, Waiter& waiter, std::uint32_t replies) {
  while (in_flight() + replies > places_.size()) grow();
  collected_ += request;
  requests_.push_back({collected_.size(), replies});
  waiter.replies_ = replies;
  waiter.refusals_ = 0;
  add_places(waiter, replies);
}

void Exchange::add_places(Waiter& waiter, std::uint32_t replies) noexcept {
  waiter.place_ = next_place_;
  const std::uint64_t end = next_place_ + replies;
  while (next_place_ != end) at(next_place_++) = {.waiter = &waiter};
  at(waiter.place_).refusals_left = waiter.refusals_;
  if (replies == 1) return;
  at(waiter.place_).part = Part::begins;
  at(end - 1).part = Part::ends;
}

void Exchange::submit_unanswered(std::string_view request, Waiter& waiter, std::uint32_t commands) {
  submit(request, waiter);
  waiter.refusals_ = commands;
  at(waiter.place_).refusals_left = commands;
}

void Exchange::grow() {
  std::vector<Place> larger(std::max(kPlacesMin, places_.size() * 2));
  for (std::uint64_t place = first_place_; place != next_place_; ++place) {
    larger[static_cast<std::size_t>(place & (larger.size() - 1))] = at(place);
  }
  places_ = std::move(larger);
}

bool Exchange::abandon(const Waiter& waiter) noexcept {
  const std::uint64_t end = waiter.place_ + waiter.replies_;
  const std::uint64_t begin = std::max(waiter.place_, first_place_);
  for (std::uint64_t place = begin; place != end; ++place) {
    at(place).waiter = nullptr;  // What its place is to the connection, it stays.
  }
  if (waiter.place_ < unsent_place_) {
    unanswered_ += static_cast<std::size_t>(end - begin);
    return true;
  }
  ++withdrawn_;
  // While a write is stuck, what was given up does not pile up.
  if (withdrawn_ > kWithdrawnMax && withdrawn_ > requests_.size() / 2) drop_withdrawn();
  return false;
}

void Exchange::drop_withdrawn() noexcept {
  std::uint64_t from = unsent_place_;
  next_place_ = unsent_place_;
  std::size_t begin = 0;
  std::size_t bytes = 0;
  std::size_t count = 0;
  for (const Collected request : requests_) {
    Waiter* const waiter = at(from).waiter;
    const std::size_t size = request.end - begin;
    if (waiter != nullptr) {
      add_places(*waiter, request.replies);
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

void Exchange::end_write() noexcept {
  writing_ = false;
  if (written_.capacity() > kKeptBytesMax) std::string().swap(written_);
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
  if (received_.empty() && received_.capacity() > kKeptBytesMax) std::string().swap(received_);
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
  Place& first = at(first_place_);
  if (first.refusals_left != 0 && error_text(reply)) {
    --first.refusals_left;
    if (first.waiter != nullptr) first.waiter->replied(reply);
    return {};
  }
  const Place place = first;
  if (const auto refusal = place.part == Part::whole ? std::nullopt : error_text(reply)) {
    const bool begins = place.part == Part::begins;
    if (begins || !refusal->starts_with(kAborted)) {
      return Error(Errc::io_error,
                   fmt::format("the server refused {}: {}", begins ? "MULTI" : "EXEC", *refusal));
    }
  }
  ++first_place_;
  if (place.waiter != nullptr) {
    place.waiter->replied(reply);
  } else {
    --unanswered_;
  }
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
    Waiter* const waiter = at(place).waiter;
    if (waiter == nullptr) continue;
    const std::uint64_t waiter_end = waiter->place_ + waiter->replies_;
    for (std::uint64_t each = place + 1; each != waiter_end; ++each) at(each).waiter = nullptr;
    waiter->failed(place < unsent ? FailureKind::lost : FailureKind::not_sent);
  }
  unanswered_ = 0;
}

}  // namespace quartz::client
