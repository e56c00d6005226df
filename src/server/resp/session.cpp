#include "server/resp/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "quartz/storage/async.hpp"

namespace quartz::server {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
/// Room is made for a long request a step at a time, as its bytes arrive.
constexpr std::size_t kReadStepMax = std::size_t{1} << 20;
/// Not answered before the client has read what it was sent.
constexpr std::size_t kUnsentBytesMax = std::size_t{1} << 20;
/// So much is taken from a client whose command waits.
constexpr std::size_t kReadAheadBytesMax = std::size_t{1} << 20;
/// A client that does not read what others publish is let go.
constexpr std::size_t kUnsentPushBytesMax = std::size_t{32} << 20;

}  // namespace

RespSession::RespSession(std::shared_ptr<Connection> connection, RespServer& server)
    : connection_(std::move(connection)),
      server_(server),
      written_(connection_->executor(), asio::steady_timer::time_point::max()),
      signalled_(connection_->executor(), asio::steady_timer::time_point::max()) {}

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
                  const auto session = weak.lock();
                  if (!session) return;
                  session->connection_->close();
                  session->signal();
                });
              },
          .wake =
              [executor, weak] {
                asio::post(executor, [weak] {
                  if (const auto session = weak.lock()) session->signal();
                });
              }};
}

void RespSession::begin() {
  ClientDescription who;
  who.address = connection_->remote_address();
  who.local_address = connection_->local_address();
  client_ = std::make_shared<RespClient>(server_, std::move(who), wire());
  server_.add(client_);
  connection_->when_stopping([weak = weak_from_this()] {
    if (const auto session = weak.lock()) session->signal();
  });
}

asio::awaitable<void> RespSession::run() {
  begin();
  for (bool goes_on = true; goes_on;) {
    goes_on = co_await read_more();
    if (goes_on) goes_on = co_await answer_all();
  }
  client_->give_up();
  client_->unsubscribe_all();
  // Only one read at a time, and a goodbye reads.
  if (!broken_ && !reading_ahead_) co_await connection_->close_gently();
  connection_->close();
}

asio::awaitable<bool> RespSession::read_more() {
  if (reading_ahead_ || read_ahead_) {
    const bool ended = co_await read_ahead_ended();
    co_return ended;
  }
  if (input_ended_) co_return false;
  make_room(std::clamp(client_->bytes_needed(), kReadBytes, kReadStepMax));
  const std::size_t waiting = end_ - begin_;
  const Awaited awaited = waiting == 0 ? Awaited::next_request : Awaited::rest_of_request;
  const Received received = co_await connection_->read_some(
      asio::buffer(input_.data() + end_, input_.size() - end_), awaited);
  end_ += received.bytes;
  co_return !received.error;
}

void RespSession::make_room(std::size_t bytes) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (input_.size() - end_ >= bytes) return;
  input_.erase(0, begin_);
  end_ -= begin_;
  begin_ = 0;
  if (input_.size() - end_ < bytes) input_.resize(end_ + bytes);
}

asio::awaitable<bool> RespSession::answer_all() {
  bool waited = false;
  do {
    read_ahead_ = false;
    begin_ += client_->receive(std::string_view(input_).substr(begin_, end_ - begin_), output_);
    const bool synced = co_await sync_written();
    if (!synced) co_return false;
    const bool sent = co_await flush();
    if (!sent) co_return false;
    waited = client_->waiting();
    if (waited) {
      const bool answered = co_await wait_for_answer();
      if (!answered) co_return false;
    }
  } while (waited || client_->more());
  co_return !client_->closing();
}

// Before anybody is told that it was written. If that fails nobody can know what will be there
// after power loss; an answer would be a lie, so the connection ends without one. The engine, which
// writes nothing any more, has logged why, and tells whoever connects again.
asio::awaitable<bool> RespSession::sync_written() {
  if (!client_->unsynced()) co_return true;
  syncing_ = true;
  const Result<void> synced = co_await server_.service().engine().async_sync(asio::use_awaitable);
  syncing_ = false;
  if (synced) {
    client_->note_synced();
    co_return true;
  }
  output_.clear();
  co_return false;
}

void RespSession::signal() {
  signal_ = true;
  signalled_.cancel();
}

// False if the connection has ended.
asio::awaitable<bool> RespSession::wait_for_answer() {
  while (client_->waiting()) {
    start_reading_ahead();
    if (!signal_) {
      signalled_.expires_at(client_->waits_until());
      co_await signalled_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    signal_ = false;
    // What is being done already is answered to whoever has only stopped to ask.
    const bool leaves = input_ended_ || connection_->stopping();
    if (client_->closing() || (leaves && !client_->runs_elsewhere())) co_return false;
    client_->resume(std::chrono::steady_clock::now(), output_);
  }
  co_return true;
}

void RespSession::start_reading_ahead() {
  if (reading_ahead_ || input_ended_ || end_ - begin_ >= kReadAheadBytesMax) return;
  reading_ahead_ = true;
  make_room(kReadBytes);
  asio::co_spawn(
      connection_->executor(),
      [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->read_ahead(); },
      asio::detached);
}

asio::awaitable<void> RespSession::read_ahead() {
  const Received received =
      co_await connection_->read_some(asio::buffer(input_.data() + end_, input_.size() - end_));
  end_ += received.bytes;
  read_ahead_ = received.bytes != 0;
  input_ended_ = static_cast<bool>(received.error);
  reading_ahead_ = false;
  signal();
}

// False if that brought nothing.
asio::awaitable<bool> RespSession::read_ahead_ended() {
  while (reading_ahead_) {
    signalled_.expires_at(asio::steady_timer::time_point::max());
    co_await signalled_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return read_ahead_;
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
  if (writing_ || syncing_) return;
  asio::co_spawn(
      connection_->executor(),
      [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->flush(); },
      asio::detached);
}

}  // namespace quartz::server
