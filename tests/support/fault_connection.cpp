#include "support/fault_connection.hpp"

#include <algorithm>
#include <sys/ioctl.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace quartz {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20;  // Then it is not read any more.
constexpr std::uint64_t kWritesPerSecond = 50;                // At a bounded rate.
constexpr std::chrono::seconds kPatience{10};
constexpr int kLooksBeforeResetMax = 1000;  // A peer that reads nothing is reset after a second.

std::uint64_t bytes_before_next_flip(Random& random, std::uint64_t one_in) {
  return one_in == 0 ? 0 : random.below(2 * one_in - 1);
}

// What the peer's machine has not acknowledged.
int unsent_bytes(tcp::socket& socket) {
  int count = 0;
  return ::ioctl(socket.native_handle(), TIOCOUTQ, &count) == 0 ? count : 0;
}

}  // namespace

bool FaultTally::wait_until(const std::function<bool(const FaultCounts&)>& reached) const {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  MutexLock lock(mutex_);
  while (!reached(counts_)) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) return false;
    changed_.wait_for(mutex_, left);
  }
  return true;
}

FaultConnection::Stream::Stream(tcp::socket& source, tcp::socket& sink,
                                StreamCounts FaultCounts::* counted,
                                const StreamFaults& first_faults, std::uint64_t seed)
    : from(source),
      to(sink),
      counts(counted),
      faults(first_faults),
      jitter(seed),
      flips(jitter.next()),
      timer(source.get_executor()),
      flip_gap(bytes_before_next_flip(flips, faults.flip_one_in)) {}

FaultConnection::FaultConnection(tcp::socket client, const ConnectionFaults& faults,
                                 std::uint64_t seed, FaultTally& tally)
    : client_(std::move(client)),
      target_(client_.get_executor()),
      tally_(tally),
      to_target_(client_, target_, &FaultCounts::to_target, faults.to_target, seed),
      to_client_(target_, client_, &FaultCounts::to_client, faults.to_client, ~seed) {}

void FaultConnection::start(std::uint16_t target_port) {
  tally_.change([](FaultCounts& counts) {
    ++counts.connections;
    ++counts.open;
  });
  const tcp::endpoint target(boost::asio::ip::address_v4::loopback(), target_port);
  target_.async_connect(target, [self = shared_from_this()](error_code failure) {
    if (self->over_) return;
    if (failure) {
      self->tally_.change([](FaultCounts& counts) { ++counts.unreachable; });
      self->reset();
      return;
    }
    self->connected_ = true;
    // Pieces shall leave as they were cut.
    error_code ignored;
    static_cast<void>(self->client_.set_option(tcp::no_delay(true), ignored));
    static_cast<void>(self->target_.set_option(tcp::no_delay(true), ignored));
    for (Stream* const stream : {&self->to_target_, &self->to_client_}) {
      self->advance(*stream);
      self->read(*stream);
    }
  });
}

void FaultConnection::read(Stream& stream) {
  if (over_ || stream.reading || stream.source_ended || stream.held >= kHeldBytesMax) return;
  stream.reading = true;
  stream.from.async_read_some(
      boost::asio::buffer(stream.buffer),
      [self = shared_from_this(), &stream](error_code failure, std::size_t count) {
        stream.reading = false;
        if (self->over_) return;
        if (failure == boost::asio::error::eof) {
          stream.source_ended = true;
          if (stream.ended) {
            self->finish(stream);
          } else {
            self->advance(stream);
          }
        } else if (failure) {
          self->reset();
        } else {
          self->take(stream, count);
          self->read(stream);
        }
      });
}

void FaultConnection::take(Stream& stream, std::size_t count) {
  const bool swallowed = stream.faults.swallow || stream.ended;
  this->count(stream, [&](StreamCounts& counts) {
    counts.received += count;
    if (swallowed) counts.swallowed += count;
  });
  if (swallowed) return;
  flip(stream, count);
  std::chrono::milliseconds delay = stream.faults.latency;
  if (const auto jitter = stream.faults.jitter.count(); jitter > 0) {
    const auto bound = static_cast<std::uint64_t>(jitter) + 1;
    delay += std::chrono::milliseconds(stream.jitter.below(bound));
  }
  auto due = Clock::now() + delay;
  if (!stream.pieces.empty()) due = std::max(due, stream.pieces.back().due);
  stream.pieces.push_back({.bytes = std::string(stream.buffer.data(), count), .due = due});
  stream.held += count;
  advance(stream);
}

void FaultConnection::flip(Stream& stream, std::size_t count) {
  if (stream.faults.flip_one_in == 0) return;
  std::size_t flipped = 0;
  std::size_t at = 0;
  while (stream.flip_gap < count - at) {
    at += static_cast<std::size_t>(stream.flip_gap);
    char& byte = stream.buffer.at(at++);
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << stream.flips.below(8)));
    stream.flip_gap = bytes_before_next_flip(stream.flips, stream.faults.flip_one_in);
    ++flipped;
  }
  stream.flip_gap -= count - at;
  this->count(stream, [&](StreamCounts& counts) { counts.flipped += flipped; });
}

void FaultConnection::set_faults(const ConnectionFaults& faults) {
  apply(to_target_, faults.to_target);
  apply(to_client_, faults.to_client);
}

void FaultConnection::apply(Stream& stream, const StreamFaults& faults) {
  stream.faults = faults;
  stream.flip_gap = bytes_before_next_flip(stream.flips, faults.flip_one_in);
  const auto now = Clock::now();
  stream.rate_at = now;
  const auto latest = now + faults.latency + faults.jitter;
  for (Piece& piece : stream.pieces) piece.due = std::min(piece.due, latest);
  if (faults.swallow) drop_held(stream);
  if (!connected_) return;
  stream.timer.cancel();
  advance(stream);
  read(stream);
}

void FaultConnection::drop_held(Stream& stream) {
  // The one that is being written has to stay where it is.
  const std::size_t kept = stream.writing ? 1 : 0;
  while (stream.pieces.size() > kept) {
    std::size_t bytes = stream.pieces.back().bytes.size();
    if (stream.pieces.size() == 1) bytes -= std::exchange(stream.offset, 0);
    stream.pieces.pop_back();
    stream.held -= bytes;
    count(stream, [&](StreamCounts& counts) { counts.swallowed += bytes; });
  }
}

void FaultConnection::advance(Stream& stream) {
  if (over_ || stream.writing || stream.ended || stream.faults.swallow) return;
  if (stream.faults.end_after == 0u) {
    // A reset throws away what waits to be sent, which was to arrive before it.
    const bool waits = stream.faults.end == StreamEnd::reset && unsent_bytes(stream.to) > 0;
    if (waits && stream.looks_before_reset++ < kLooksBeforeResetMax) {
      advance_at(stream, Clock::now() + std::chrono::milliseconds(1));
    } else {
      end(stream, stream.faults.end);
    }
    return;
  }
  if (stream.pieces.empty()) {
    if (stream.source_ended) finish(stream);
    return;
  }
  const auto at = std::max(stream.pieces.front().due, stream.rate_at);
  if (at <= Clock::now()) {
    write(stream);
    return;
  }
  advance_at(stream, at);
}

void FaultConnection::advance_at(Stream& stream, Clock::time_point at) {
  stream.timer.expires_at(at);
  stream.timer.async_wait([self = shared_from_this(), &stream](error_code cancelled) {
    if (!cancelled) self->advance(stream);
  });
}

void FaultConnection::write(Stream& stream) {
  const std::string& bytes = stream.pieces.front().bytes;
  std::uint64_t count = bytes.size() - stream.offset;
  if (stream.faults.end_after) count = std::min(count, *stream.faults.end_after);
  if (const std::uint64_t rate = stream.faults.bytes_per_second; rate != 0) {
    count = std::min(count, rate / kWritesPerSecond + 1);
    stream.rate_at = Clock::now() + std::chrono::nanoseconds(count * 1'000'000'000 / rate);
  }
  stream.writing = true;
  boost::asio::async_write(
      stream.to, boost::asio::buffer(bytes.data() + stream.offset, static_cast<std::size_t>(count)),
      [self = shared_from_this(), &stream](error_code failure, std::size_t written) {
        stream.writing = false;
        if (self->over_) return;
        if (failure && !stream.ended) {
          self->reset();
        } else {
          self->written(stream, written);
        }
      });
}

void FaultConnection::written(Stream& stream, std::size_t count) {
  this->count(stream, [&](StreamCounts& counts) { counts.passed += count; });
  stream.held -= count;
  stream.offset += count;
  if (stream.offset == stream.pieces.front().bytes.size()) {
    stream.pieces.pop_front();
    stream.offset = 0;
  }
  if (stream.faults.end_after) {
    *stream.faults.end_after -= std::min<std::uint64_t>(count, *stream.faults.end_after);
  }
  if (stream.ended || stream.faults.swallow) drop_held(stream);
  advance(stream);
  read(stream);
}

void FaultConnection::end(StreamEnd how) {
  if (over_) return;
  if (!connected_) how = StreamEnd::reset;
  end(to_client_, how);
}

void FaultConnection::end(Stream& stream, StreamEnd how) {
  switch (how) {
    case StreamEnd::reset:
      reset();
      return;
    case StreamEnd::half_close:
      finish(stream);
      return;
    case StreamEnd::close:
      finish(to_target_);
      if (!over_) finish(to_client_);
      return;
  }
}

// Nothing more goes to the other side. What still comes is read, for a socket that is closed with
// unread bytes is reset.
void FaultConnection::finish(Stream& stream) {
  if (!stream.ended) {
    stream.ended = true;
    stream.timer.cancel();
    drop_held(stream);
    error_code gone;
    static_cast<void>(stream.to.shutdown(tcp::socket::shutdown_send, gone));
  }
  const auto is_done = [](const Stream& one) { return one.ended && one.source_ended; };
  if (is_done(to_target_) && is_done(to_client_)) close();
}

void FaultConnection::reset() {
  tally_.change([](FaultCounts& counts) { ++counts.resets; });
  error_code ignored;
  static_cast<void>(client_.set_option(boost::asio::socket_base::linger(true, 0), ignored));
  static_cast<void>(target_.set_option(boost::asio::socket_base::linger(true, 0), ignored));
  close();
}

void FaultConnection::close() {
  over_ = true;
  to_target_.timer.cancel();
  to_client_.timer.cancel();
  error_code ignored;
  static_cast<void>(client_.close(ignored));
  static_cast<void>(target_.close(ignored));
  const auto left = [](Stream& stream, StreamCounts& counts) {
    counts.swallowed += std::exchange(stream.held, 0);
  };
  tally_.change([&](FaultCounts& counts) {
    --counts.open;
    left(to_target_, counts.to_target);
    left(to_client_, counts.to_client);
  });
}

}  // namespace quartz
