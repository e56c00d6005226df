#include "server/resp/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace quartz::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
/// Room is made for a long request a step at a time, as its bytes arrive.
constexpr std::size_t kReadStepMax = std::size_t{1} << 20;
/// Not answered before the client has read what it was sent.
constexpr std::size_t kUnsentBytesMax = std::size_t{1} << 20;
/// A client that does not read what others publish is let go.
constexpr std::size_t kUnsentPushBytesMax = std::size_t{32} << 20;

}  // namespace

RespSession::RespSession(std::shared_ptr<Connection> connection, RespServer& server)
    : connection_(std::move(connection)),
      server_(server),
      written_(connection_->executor(), asio::steady_timer::time_point::max()) {}

ClientWire RespSession::wire() {
  const auto executor = connection_->executor();
  const std::weak_ptr<RespSession> weak = weak_from_this();
  return {.push =
              [executor, weak](std::string bytes) {
                asio::post(executor, [weak, bytes = std::move(bytes)]() mutable {
                  if (const auto session = weak.lock()) session->push(std::move(bytes));
                });
              },
          .close =
              [executor, weak] {
                asio::post(executor, [weak] {
                  if (const auto session = weak.lock()) session->connection_->close();
                });
              }};
}

void RespSession::begin() {
  ClientDescription who;
  who.address = connection_->remote_address();
  who.local_address = connection_->local_address();
  client_ = std::make_shared<RespClient>(server_, std::move(who), wire());
  server_.add(client_);
}

asio::awaitable<void> RespSession::run() {
  begin();
  for (bool goes_on = true; goes_on;) {
    goes_on = co_await read_more();
    if (goes_on) goes_on = co_await answer_all();
  }
  client_->unsubscribe_all();
  if (!broken_) co_await connection_->close_gently();
  connection_->close();
}

asio::awaitable<bool> RespSession::read_more() {
  if (begin_ == end_) begin_ = end_ = 0;
  const std::size_t waiting = end_ - begin_;
  const std::size_t wanted = std::clamp(client_->bytes_needed(), kReadBytes, kReadStepMax);
  if (input_.size() - end_ < wanted) {
    input_.erase(0, begin_);
    begin_ = 0;
    end_ = waiting;
    if (input_.size() - end_ < wanted) input_.resize(end_ + wanted);
  }
  const Awaited awaited = waiting == 0 ? Awaited::next_request : Awaited::rest_of_request;
  const Received received = co_await connection_->read_some(
      asio::buffer(input_.data() + end_, input_.size() - end_), awaited);
  end_ += received.bytes;
  co_return !received.error;
}

asio::awaitable<bool> RespSession::answer_all() {
  do {
    begin_ += client_->receive(std::string_view(input_).substr(begin_, end_ - begin_), output_);
    const bool sent = co_await flush();
    if (!sent) co_return false;
  } while (client_->more());
  co_return !client_->closing();
}

asio::awaitable<bool> RespSession::flush() {
  while (writing_ && output_.size() > kUnsentBytesMax) {
    co_await written_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  if (writing_) co_return !broken_;
  writing_ = true;
  while (!output_.empty() && !broken_) {
    sending_.clear();
    std::swap(output_, sending_);
    const auto error = co_await connection_->write(sending_);
    if (error) broken_ = true;
  }
  writing_ = false;
  written_.cancel();
  co_return !broken_;
}

void RespSession::push(std::string bytes) {
  if (broken_) return;
  if (output_.size() + bytes.size() > kUnsentPushBytesMax) {
    broken_ = true;
    connection_->close();
    return;
  }
  output_ += bytes;
  if (writing_) return;
  asio::co_spawn(
      connection_->executor(),
      [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->flush(); },
      asio::detached);
}

}  // namespace quartz::server
