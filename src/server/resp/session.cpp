#include "server/resp/session.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "quartz/storage/async.hpp"
#include "server/transport/io_threads.hpp"

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
/// A client has to take so much within `unread_timeout`.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
/// Buffers that have grown larger are not kept for what comes later.
constexpr std::size_t kBufferBytesKept = std::size_t{64} << 10;

/// Whatever ends a session, nobody keeps its client for what it has listened to.
class Departure {
 public:
  explicit Departure(RespClient& client) noexcept : client_(client) {}
  ~Departure() {
    client_.give_up();
    client_.unsubscribe_all();
  }
  Departure(const Departure&) = delete;
  Departure& operator=(const Departure&) = delete;

 private:
  RespClient& client_;
};

}  // namespace

RespSession::RespSession(std::shared_ptr<Connection> connection, const RespSurroundings& around)
    : connection_(std::move(connection)),
      around_(around),
      limits_(around.limits.get()),
      limits_version_(around.limits.version()),
      input_share_(around.buffers),
      output_share_(around.buffers),
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
  client_ = std::make_shared<RespClient>(around_.server, std::move(who), wire());
  around_.server.add(client_);
  connection_->when_stopping([weak = weak_from_this()] {
    if (const auto session = weak.lock()) session->signal();
  });
  connection_->when_users_change([weak = weak_from_this()] {
    if (const auto session = weak.lock()) session->client_->users_changed();
  });
}

Task<> RespSession::run() {
  begin();
  {
    const Departure departure(*client_);
    for (bool goes_on = true; goes_on;) {
      goes_on = co_await read_more();
      if (goes_on) goes_on = co_await answer_all();
    }
  }
  if (!output_.empty()) co_await flush();
  // A message on its way takes with it what was answered last.
  while (writing_ && !broken_) {
    co_await written_.async_wait(asio::as_tuple(kUseTask));
  }
  // Only one read at a time, and a goodbye reads. Nothing more is sent beside it.
  const bool gently = !std::exchange(broken_, true) && !reading_ahead_;
  if (gently) co_await connection_->close_gently();
  connection_->close();
}

Task<bool> RespSession::read_more() {
  if (reading_ahead_ || read_ahead_) {
    const bool ended = co_await read_ahead_ended();
    co_return ended;
  }
  if (input_ended_) co_return false;
  const std::size_t waiting = end_ - begin_;
  const std::size_t missing = client_->bytes_needed() - std::min(client_->bytes_needed(), waiting);
  if (!make_room(std::clamp(missing, kReadBytes, kReadStepMax))) {
    const bool goes_on = co_await refuse_input();
    co_return goes_on;
  }
  const Awaited awaited = waiting == 0 ? Awaited::next_request : Awaited::rest_of_request;
  const Received received = co_await connection_->read_some(
      asio::buffer(input_.data() + end_, input_.size() - end_), awaited);
  end_ += received.bytes;
  co_return !received.error;
}

const RequestLimits& RespSession::limits() {
  const std::uint32_t version = around_.limits.version();
  if (version != limits_version_) {
    limits_version_ = version;
    limits_ = around_.limits.get();
  }
  return limits_;
}

// False if all connections together hold too much already.
bool RespSession::make_room(std::size_t bytes) {
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (input_.size() > kBufferBytesKept) {
      std::string().swap(input_);
      input_share_.release();
    }
  }
  if (input_.size() - end_ >= bytes) return true;
  input_.erase(0, begin_);
  end_ -= begin_;
  begin_ = 0;
  const std::size_t size = end_ + bytes;
  if (input_.size() >= size) return true;
  // A connection's first bytes are those that every connection has.
  const std::size_t counted = size > kBufferBytesKept ? size : 0;
  if (!input_share_.resize(counted, limits().buffered_bytes_max)) return false;
  input_.resize(size);
  return true;
}

Task<bool> RespSession::refuse_input() {
  around_.log.warn("resp: {} is let go: all connections together hold limits.buffered_bytes_max",
                   connection_->remote_address());
  std::string().swap(input_);
  begin_ = end_ = 0;
  input_share_.release();
  output_ += "-ERR too much is waiting in all connections together; try again later\r\n";
  co_await flush();
  co_return false;
}

Task<bool> RespSession::answer_all() {
  bool waited = false;
  do {
    read_ahead_ = false;
    begin_ += client_->receive(std::string_view(input_).substr(begin_, end_ - begin_), output_);
    const bool synced = co_await sync_written();
    if (!synced) co_return false;
    if (!leave_to_turn_end()) {
      const bool sent = co_await flush();
      if (!sent) co_return false;
    }
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
Task<bool> RespSession::sync_written() {
  if (!client_->unsynced()) co_return true;
  syncing_ = true;
  const Result<void> synced = co_await around_.server.service().engine().async_sync(kUseTask);
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
Task<bool> RespSession::wait_for_answer() {
  while (client_->waiting()) {
    start_reading_ahead();
    if (!signal_) {
      signalled_.expires_at(client_->waits_until());
      co_await signalled_.async_wait(asio::as_tuple(kUseTask));
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
  if (!make_room(kReadBytes)) return;
  reading_ahead_ = true;
  asio::co_spawn(
      connection_->executor(),
      [self = shared_from_this()]() -> Task<> { co_await self->read_ahead(); }, asio::detached);
}

Task<> RespSession::read_ahead() {
  const Received received =
      co_await connection_->read_some(asio::buffer(input_.data() + end_, input_.size() - end_));
  end_ += received.bytes;
  read_ahead_ = received.bytes != 0;
  input_ended_ = static_cast<bool>(received.error);
  reading_ahead_ = false;
  signal();
}

// False if that brought nothing.
Task<bool> RespSession::read_ahead_ended() {
  while (reading_ahead_) {
    signalled_.expires_at(asio::steady_timer::time_point::max());
    co_await signalled_.async_wait(asio::as_tuple(kUseTask));
  }
  co_return read_ahead_;
}

// True if the output will be sent without anybody waiting for it. Not if it is much: then the
// client is not served further until it has taken it. Nor if it is the last, which comes before the
// goodbye.
bool RespSession::leave_to_turn_end() {
  if (writing_ || broken_ || connection_->encrypted() || client_->closing()) return false;
  // Nor if it takes, or took, more room than is kept.
  if (output_.capacity() > kBufferBytesKept) return false;
  if (!output_.empty() && !std::exchange(left_to_turn_end_, true)) {
    connection_->thread().turn_end.call(shared_from_this());
  }
  return true;
}

void RespSession::turn_ends() {
  left_to_turn_end_ = false;
  // Who writes sends this as well, and who syncs does so afterwards.
  if (writing_ || syncing_ || broken_ || output_.empty()) return;
  const Sent sent = connection_->write_at_once(output_);
  if (sent.error) {
    broken_ = true;
    connection_->close();
    return signal();
  }
  output_.erase(0, sent.bytes);
  if (!output_.empty()) return flush_in_background();
  if (output_share_.bytes() != 0) output_share_.release();
}

void RespSession::flush_in_background() {
  asio::co_spawn(
      connection_->executor(), [self = shared_from_this()]() -> Task<> { co_await self->flush(); },
      asio::detached);
}

Task<bool> RespSession::flush() {
  while (writing_ && output_.size() > kUnsentBytesMax) {
    co_await written_.async_wait(asio::as_tuple(kUseTask));
  }
  if (!count_output(0)) let_go("all connections together hold limits.buffered_bytes_max");
  if (writing_) co_return !broken_;
  writing_ = true;
  // What is being synced is sent afterwards, by who has waited for that.
  while (!output_.empty() && !broken_ && !syncing_) {
    sending_.clear();
    std::swap(output_, sending_);
    co_await send();
  }
  sending_.clear();
  if (sending_.capacity() > kBufferBytesKept) sending_.shrink_to_fit();
  if (output_.empty()) {
    if (output_.capacity() > kBufferBytesKept) output_.shrink_to_fit();
    output_share_.release();
  }
  writing_ = false;
  written_.cancel();
  co_return !broken_;
}

// Piece by piece, each of which has its time.
Task<> RespSession::send() {
  const auto timeout = limits().unread_timeout;
  for (std::size_t sent = 0; sent < sending_.size() && !broken_;) {
    const std::string_view piece = std::string_view(sending_).substr(sent, kPieceBytes);
    if (timeout.count() != 0) connection_->set_deadline(Connection::Clock::now() + timeout);
    const auto error = co_await connection_->write(piece);
    connection_->set_deadline(Connection::kNever);
    if (error == asio::error::timed_out) let_go("it takes nothing of what it was sent");
    if (error) broken_ = true;
    sent += piece.size();
  }
}

// With so many bytes more. Small answers are not counted, so that they need no look at others.
bool RespSession::count_output(std::size_t bytes) {
  const std::size_t size = output_.size() + sending_.size() + bytes;
  if (size <= kBufferBytesKept) return true;
  return output_share_.resize(size, limits().buffered_bytes_max);
}

void RespSession::let_go(std::string_view why) {
  if (std::exchange(broken_, true)) return;
  around_.log.warn("resp: {} is let go with {} bytes unread: {}", connection_->remote_address(),
                   output_.size() + sending_.size(), why);
  connection_->close();
  signal();
}

void RespSession::push(std::string bytes) {
  if (broken_) return;
  if (output_.size() + bytes.size() > limits().unread_bytes_max) {
    return let_go("more than limits.unread_bytes_max");
  }
  if (!count_output(bytes.size())) {
    return let_go("all connections together hold limits.buffered_bytes_max");
  }
  output_ += bytes;
  if (writing_ || syncing_ || leave_to_turn_end()) return;
  flush_in_background();
}

}  // namespace quartz::server
