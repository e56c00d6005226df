#include "client/connection.hpp"

#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <fmt/format.h>

#include "client/reply_reader.hpp"
#include "client/request_words.hpp"
#include "client/server_error.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::string_view kTrack = "*3\r\n$6\r\nCLIENT\r\n$8\r\nTRACKING\r\n$2\r\nON\r\n";
constexpr std::string_view kAskForTraces =
    "*3\r\n$7\r\nCOMMAND\r\n$4\r\nINFO\r\n$12\r\nQUARTZ.TRACE\r\n";
constexpr std::string_view kInvalidate = "invalidate";
constexpr std::string_view kDefaultUser = "default";

std::string greeting_of(const EndpointUrl& endpoint, const ClientConfig& config) {
  std::vector<std::string_view> words = {"HELLO", "3"};
  if (!endpoint.secret.empty()) {
    const std::string_view user = endpoint.user.empty() ? kDefaultUser : endpoint.user;
    words.insert(words.end(), {"AUTH", user, endpoint.secret});
  }
  if (!config.name.empty()) words.insert(words.end(), {"SETNAME", config.name});
  std::string greeting;
  protocol::append_request(greeting, words);
  return greeting;
}

}  // namespace

Connection::Connection(const Strand& strand, std::shared_ptr<Timers> timers,
                       const EndpointUrl& endpoint, const ClientConfig& config,
                       std::shared_ptr<asio::ssl::context> tls, NearCache* near_cache, Owner& owner)
    : strand_(strand),
      timers_(std::move(timers)),
      endpoint_(endpoint),
      config_(config),
      near_cache_(near_cache),
      owner_(owner),
      resolver_(strand),
      stream_(config.local ? Stream(strand, Stream::Local()) : Stream(strand, std::move(tls))),
      greeting_(greeting_of(endpoint, config)),
      received_(kReadBytes),
      exchange_([this](Exchange::Reply push) { pushed(push); }) {}

Connection::~Connection() {
  timers_->cancel(opening_deadline_);
  timers_->cancel(next_beat_);
}

void Connection::open() {
  timers_->set(opening_deadline_, Timers::Clock::now() + config_.connect_timeout);
  if (config_.local) return open_session();
  Error not_an_address;
  const auto address = asio::ip::make_address(endpoint_.host, not_an_address);
  if (not_an_address) {
    resolve();
  } else {
    connect({{address, endpoint_.port}});
  }
}

void Connection::open_session() {
  asio::post(strand_, [self = shared_from_this()] {
    if (self->state_ != State::opening) return;
    if (!self->stream_.open_session(*self->config_.local)) {
      return self->end_because("the server has stopped");
    }
    self->greet();
  });
}

void Connection::resolve() {
  // A look-up that has begun cannot be stopped. Its deadline ends the connection all the same, and
  // what comes then is dropped.
  resolver_.async_resolve(
      endpoint_.host, fmt::format("{}", endpoint_.port), Resolver::numeric_service,
      [self = shared_from_this()](const Error& error, const Resolver::results_type& results) {
        if (self->state_ != State::opening) return;
        if (error) return self->end_because(error.message());
        std::vector<tcp::endpoint> addresses;
        for (const auto& each : results) addresses.push_back(each.endpoint());
        self->connect(addresses);
      });
}

void Connection::connect(const std::vector<tcp::endpoint>& addresses) {
  phase_ = "connecting";
  asio::async_connect(stream_.socket(), addresses,
                      [self = shared_from_this()](const Error& error, const tcp::endpoint&) {
                        self->connected(error);
                      });
}

void Connection::connected(const Error& error) {
  if (state_ != State::opening) return;
  if (error) return end_because(error.message());
  stream_.configure(config_.keep_alive);
  if (!stream_.encrypted()) return greet();
  phase_ = "encrypting";
  stream_.async_handshake(endpoint_.host, config_.tls.proof,
                          [self = shared_from_this()](const Error& failure) {
                            if (self->state_ != State::opening) return;
                            if (failure) return self->distrust(failure);
                            self->greet();
                          });
}

void Connection::distrust(const Error& failure) {
  const std::string reason = stream_.reason_for_distrust();
  end_because("TLS: " + failure.message() + (reason.empty() ? "" : ": " + reason));
}

void Connection::greet() {
  phase_ = "greeting the server";
  exchange_.submit(greeting_, greeting_answer_);
  greeting_.clear();
  greeting_sent_at_ = Timers::Clock::now();
  greeting_parts_left_ = 1;
  if (near_cache_ != nullptr) {
    ++greeting_parts_left_;
    exchange_.submit(kTrack, tracking_answer_);
  }
  if (config_.tracer) {
    ++greeting_parts_left_;
    exchange_.submit(kAskForTraces, traces_answer_);
  }
  write();
  if (state_ == State::opening) read();
}

void Connection::greeted(Exchange::Reply reply) {
  if (const auto refusal = error_text(reply)) {
    const ServerError meaning = read_server_error(*refusal);
    return end(
        {.code = meaning.code, .reason = fmt::format("{}: {}", endpoint_.address(), *refusal)});
  }
  greeting_part_answered();
}

void Connection::greeting_part_answered() {
  if (--greeting_parts_left_ == 0) opened();
}

void Connection::tracking_answered(Exchange::Reply reply) {
  // Of a greeting that was refused nothing comes of this, either. A server that does not track is
  // read from each time.
  if (ending_) return;
  if (!error_text(reply)) feed_ = near_cache_->open_feed(greeting_sent_at_);
  greeting_part_answered();
}

void Connection::traces_answered(Exchange::Reply reply) {
  if (ending_) return;
  // The one command that was asked for, or null.
  ReplyNodes nodes(reply);
  const protocol::RespNode* const list = nodes.take();
  const protocol::RespNode* const command = nodes.take();
  knows_traces_ = list->type == protocol::RespType::array && command != nullptr &&
                  protocol::is_aggregate(command->type);
  greeting_part_answered();
}

void Connection::opened() {
  timers_->cancel(opening_deadline_);
  state_ = State::open;
  if (config_.heartbeat_interval.count() != 0) {
    timers_->set(next_beat_, Timers::Clock::now() + config_.heartbeat_interval);
  }
  owner_.opened(*this);
}

void Connection::pushed(Exchange::Reply push) {
  if (near_cache_ == nullptr) return owner_.pushed(push);
  ReplyNodes nodes(push);
  nodes.take();
  const protocol::RespNode* const kind = nodes.take();
  if (kind == nullptr || kind->text != kInvalidate) return;
  const protocol::RespNode* const keys = nodes.take();
  // Null: all of them.
  if (keys == nullptr || keys->type == protocol::RespType::null) return near_cache_->flush();
  while (const protocol::RespNode* const key = nodes.take()) near_cache_->invalidate(key->text);
}

void Connection::heard(Timers::Clock::time_point sent_at) {
  if (near_cache_ != nullptr) near_cache_->heard(feed_, sent_at);
}

void Connection::submit(std::string_view request, Exchange::Waiter& waiter, std::uint32_t replies) {
  exchange_.submit(request, waiter, replies);
  write_soon();
}

void Connection::submit_unanswered(std::string_view request, Exchange::Waiter& waiter,
                                   std::uint32_t commands) {
  exchange_.submit_unanswered(request, waiter, commands);
  write_soon();
}

bool Connection::abandon(const Exchange::Waiter& waiter) {
  const bool sent = exchange_.abandon(waiter);
  // Once; and not here, where others are being told.
  const bool too_much = exchange_.unanswered() > config_.limits.unanswered_max;
  if (too_much && !std::exchange(too_much_unanswered_, true)) {
    asio::post(strand_, [self = shared_from_this()] {
      self->end_because("too many requests were given up that it has not answered");
    });
  }
  return sent;
}

void Connection::write_soon() {
  // What others submit until then goes with it. While replies are told, it is written behind them.
  if (telling_ || write_soon_ || exchange_.writing() || state_ == State::ended) return;
  write_soon_ = true;
  asio::post(strand_, [self = shared_from_this()] {
    self->write_soon_ = false;
    self->write();
  });
}

void Connection::write() {
  // Nothing is sent whose deadline has passed while it waited here.
  timers_->call_due();
  if (state_ == State::ended || exchange_.writing()) return;
  std::string_view bytes = exchange_.begin_write();
  if (bytes.empty()) return;
  Error error;
  bytes.remove_prefix(stream_.write_some(bytes, error));
  if (error) return end_because(error.message());
  if (bytes.empty()) return exchange_.end_write();
  stream_.async_write(bytes, [self = shared_from_this()](const Error& failure, std::size_t) {
    self->written(failure);
  });
}

void Connection::written(const Error& error) {
  if (state_ == State::ended) return;
  if (error) return end_because(error.message());
  exchange_.end_write();
  write();
}

void Connection::resume_reading() {
  if (!std::exchange(paused_, false) || state_ == State::ended || reading_) return;
  heard_ = true;  // What the peer has said meanwhile was not looked at.
  read();
}

void Connection::read() {
  reading_ = true;
  stream_.async_read_some(asio::buffer(received_),
                          [self = shared_from_this()](const Error& error, std::size_t bytes) {
                            self->received(error, bytes);
                          });
}

void Connection::received(const Error& error, std::size_t bytes) {
  if (state_ == State::ended) return;
  // A server that ends TLS without a word has ended all the same: lengths are part of what it sent.
  const bool over = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  if (over) return end_because("the server has ended the connection");
  if (error) return end_because(error.message());
  heard_ = true;
  telling_ = true;
  const auto taken = exchange_.receive({received_.data(), bytes});
  telling_ = false;
  if (ending_) return end_now(*std::exchange(ending_, std::nullopt));
  if (!taken) return end_because(taken.error().message());
  write();
  if (state_ == State::ended) return;
  reading_ = !paused_;
  if (reading_) read();
}

void Connection::opening_took_too_long() {
  end_because(fmt::format("{} took longer than {} ms", phase_, config_.connect_timeout.count()));
}

void Connection::beat() {
  const auto now = Timers::Clock::now();
  if (std::exchange(heard_, false) || !reading_ || silence_expected_) {
    timers_->set(next_beat_, now + config_.heartbeat_interval);
  } else if (!beat_sent_) {
    beat_sent_ = true;
    beat_sent_at_ = now;
    submit(kPing, beat_answer_);
    timers_->set(next_beat_, now + config_.heartbeat_timeout);
  } else {
    end_because(fmt::format("nothing has arrived for {} ms",
                            (config_.heartbeat_interval + config_.heartbeat_timeout).count()));
  }
}

void Connection::beat_answered(Exchange::Reply /*reply*/) {
  beat_sent_ = false;
  heard(beat_sent_at_);
}

void Connection::end_because(std::string_view reason) {
  end({.code = ClientErrc::unavailable,
       .reason = fmt::format("{}: {}", endpoint_.address(), reason)});
}

void Connection::end(ConnectionEnd end) {
  if (state_ == State::ended || ending_) return;
  if (telling_) {
    ending_ = std::move(end);
  } else {
    end_now(end);
  }
}

void Connection::end_now(const ConnectionEnd& end) {
  const auto self = shared_from_this();  // The owner may let it go.
  state_ = State::ended;
  end_reason_ = end.reason;
  // Before anybody is told that it has ended.
  if (near_cache_ != nullptr) near_cache_->close_feed(feed_);
  timers_->cancel(opening_deadline_);
  timers_->cancel(next_beat_);
  resolver_.cancel();
  stream_.close();
  exchange_.disconnect();
  owner_.ended(*this, end);
}

}  // namespace quartz::client
