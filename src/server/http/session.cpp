#include "server/http/session.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>

#include "base/clock.hpp"
#include "protocol/trace_parent.hpp"
#include "server/http/problem.hpp"
#include "server/http/request_id.hpp"
#include "server/http/response_writer.hpp"

namespace quartz::server {
namespace {

using State = RequestParser::State;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
// Beyond it, answers do not wait for the end of the requests that arrived with theirs.
constexpr std::size_t kOutBytesMax = std::size_t{64} << 10;

// Ends a stream when its reader leaves. What he sends meanwhile is none of the stream's business.
Task<> watch_peer(std::shared_ptr<Connection> connection, std::shared_ptr<ResponseStream> stream) {
  std::array<char, 512> dropped;
  while (true) {
    const Received received =
        co_await connection->read_some(boost::asio::buffer(dropped), Awaited::rest_of_request);
    if (received.error) break;
  }
  stream->end();
}

// Of the client, if it says so.
std::string_view trace_id_of(const Request& request) noexcept {
  return protocol::trace_id_of(request.header("traceparent")).value_or(std::string_view());
}

}  // namespace

HttpSession::HttpSession(std::shared_ptr<Connection> connection, HttpApplication& application)
    : connection_(std::move(connection)),
      application_(application),
      peer_(application.access(), connection_->remote_address()),
      limits_(application_.limits().get()),
      limits_version_(application_.limits().version()),
      body_share_(application_.buffers()),
      out_share_(application_.buffers()) {}

Task<> HttpSession::run() {
  bool goes_on = true;
  while (goes_on) {
    refresh_limits();
    if (!co_await receive_request()) co_return;
    goes_on = co_await answer_request();
    if (stream_) {
      co_await send_stream();
      co_return;
    }
    if (out_.size() > kOutBytesMax && !co_await flush()) co_return;
  }
  if (co_await flush()) co_await connection_->close_gently();
}

void HttpSession::refresh_limits() {
  const std::uint32_t version = application_.limits().version();
  if (version == limits_version_) return;
  limits_version_ = version;
  limits_ = application_.limits().get();
}

// True with a request that is whole or refused; false if there is nobody left to answer.
Task<bool> HttpSession::receive_request() {
  parser_.reset();
  began_.reset();
  told_to_continue_ = judged_ = false;
  body_share_.release();
  refusal_.reset();
  route_ = nullptr;
  while (true) {
    if (begin_ < end_) begin_ += parser_.feed(unread(), limits_);
    if (parser_.state() == State::body) judge_header();
    if (parser_.state() == State::body) count_body();
    const State state = parser_.state();
    if (state == State::complete || state == State::failed) co_return true;
    if (state == State::body && parser_.request().expects_continue &&
        !std::exchange(told_to_continue_, true) && parser_.request().body.empty()) {
      out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    }
    if (!flush_at_once() && !co_await flush()) co_return false;
    if (!co_await receive_more()) co_return parser_.state() == State::failed;
  }
}

// Before its body is read, and before the client is told to send it.
void HttpSession::judge_header() {
  if (std::exchange(judged_, true)) return;
  begin_answer();
  refusal_ = application_.refusal_of(parser_.request(), route_);
  if (refusal_) parser_.give_up(refusal_->status, "");
}

void HttpSession::count_body() {
  if (body_share_.resize(parser_.request().body.size(), limits_.buffered_bytes_max)) return;
  parser_.give_up(503, "all connections together hold limits.buffered_bytes_max");
  // So that there is room for those of the others.
  std::string().swap(parser_.request().body);
  body_share_.release();
}

Task<bool> HttpSession::receive_more() {
  const State state = parser_.state();
  make_room();
  connection_->set_deadline(receive_deadline());
  const Received received = co_await connection_->read_some(
      boost::asio::buffer(buffer_.data() + end_, buffer_.size() - end_),
      state == State::idle ? Awaited::next_request : Awaited::rest_of_request);
  end_ += received.bytes;
  if (!received.error) co_return true;
  if (received.error == boost::asio::error::timed_out && state != State::idle) {
    parser_.give_up(408,
                    state == State::head
                        ? "the header took longer than limits.header_timeout"
                        : "the body came more slowly than limits.transfer_bytes_per_second_min");
  }
  co_return false;
}

void HttpSession::make_room() {
  // Any head fits, and any line between chunks.
  const std::size_t size = std::max(kReadBytes, limits_.header_bytes_max + 4096);
  if (buffer_.size() < size) buffer_.resize(size);
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
}

HttpSession::Clock::duration HttpSession::transfer_time(std::size_t bytes) const {
  const auto seconds =
      static_cast<double>(bytes) / static_cast<double>(limits_.transfer_bytes_per_second_min);
  return limits_.header_timeout +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

HttpSession::Clock::time_point HttpSession::receive_deadline() {
  const State state = parser_.state();
  const auto now = Clock::now();
  if (state == State::idle) {
    return limits_.idle_timeout.count() == 0 ? Connection::kNever : now + limits_.idle_timeout;
  }
  if (!began_ || began_state_ != state) {
    began_ = now;
    began_state_ = state;
  }
  if (state == State::head) return *began_ + limits_.header_timeout;
  if (limits_.transfer_bytes_per_second_min == 0) return Connection::kNever;
  return *began_ + transfer_time(parser_.request().body.size());
}

// Most responses fit into the socket's buffer; that is found out without a coroutine's help. False
// if there is more to do, which `flush` does.
bool HttpSession::flush_at_once() {
  if (out_.size() > kOutBytesMax) return false;
  if (out_.empty()) return true;
  const Sent sent = connection_->write_at_once(out_);
  if (sent.error) return false;
  out_.erase(0, sent.bytes);
  return out_.empty();
}

Task<bool> HttpSession::flush() {
  if (out_.empty()) co_return true;
  // What is small is sent whatever others hold; it may be the answer that says so.
  const std::size_t large = out_.size() > kOutBytesMax ? out_.size() : 0;
  if (!out_share_.resize(large, limits_.buffered_bytes_max)) {
    application_.log().warn(
        "http: {} gets no answer of {} bytes: all connections together hold "
        "limits.buffered_bytes_max",
        connection_->remote_address(), out_.size());
    co_return false;
  }
  connection_->set_deadline(limits_.transfer_bytes_per_second_min == 0
                                ? Connection::kNever
                                : Clock::now() + transfer_time(out_.size()));
  const auto error = co_await connection_->write(out_);
  const std::size_t sent = out_.size();
  out_.clear();
  if (sent > kOutBytesMax) out_.shrink_to_fit();
  out_share_.release();
  co_return !error;
}

void HttpSession::begin_answer() {
  Request& request = parser_.request();
  request.peer = &peer_;
  const std::string_view offered = request.header("X-Request-Id");
  if (is_sane_request_id(offered)) {
    request.request_id = offered;
  } else {
    request_id_ = make_request_id();
    request.request_id = request_id_;
  }
}

void HttpSession::refuse_failed(Response& response) const {
  response = problem_response(parser_.failure_status(), parser_.failure_reason());
  if (response.status == 503) response.with("Retry-After", "1");
}

// Whether the connection serves another request after this one.
Task<bool> HttpSession::answer_request() {
  const Stopwatch stopwatch;
  Request& request = parser_.request();
  // The work takes what it takes; it is the peer who has deadlines.
  connection_->set_deadline(Connection::kNever);
  if (!judged_) begin_answer();
  Response response;
  if (refusal_) {
    response = *std::exchange(refusal_, std::nullopt);
  } else if (parser_.state() == State::failed) {
    refuse_failed(response);
  } else {
    response = co_await application_.answer(request, route_);
  }
  application_.complete(request, response);
  const bool head_only = request.method == Method::head;
  if (head_only) response.stream.reset();
  const bool goes_on = request.keep_alive && !connection_->stopping() && !response.stream;
  append_response(out_, response,
                  {.keep_alive = goes_on,
                   .http_1_0 = request.http_1_0,
                   .head_only = head_only,
                   .request_id = request.request_id});
  application_.record({.protocol = "http",
                       .method = to_string(request.method),
                       .route = route_ == nullptr ? std::string_view() : route_->path,
                       .request_id = request.request_id,
                       .trace_id = trace_id_of(request),
                       .remote = connection_->remote_address(),
                       .status = response.status,
                       .request_bytes = request.body.size(),
                       .response_bytes = head_only ? 0 : response.body.size(),
                       .duration = stopwatch.elapsed()},
                      route_);
  stream_ = std::move(response.stream);
  co_return goes_on;
}

// Until the stream ends, the client leaves or is too slow, whoever asked for it is not let in any
// more, or the server stops.
Task<> HttpSession::send_stream() {
  const AccessControl& access = application_.access();
  // What a connection was told of a user who had to say so earlier is no part of this request.
  IdentityRef identity = access.required() ? peer_.identity() : nullptr;
  connection_->when_users_change([stream = stream_, &access, identity]() mutable {
    if (!access.lets_go_on(identity)) stream->end();
  });
  connection_->when_stopping([stream = stream_] { stream->end(); });
  if (connection_->stopping()) stream_->end();
  boost::asio::co_spawn(connection_->executor(), watch_peer(connection_, stream_),
                        boost::asio::detached);
  bool sent = co_await flush();
  while (sent) {
    connection_->set_deadline(Connection::kNever);
    out_ = co_await stream_->next();
    if (out_.empty() || !access.lets_go_on(identity)) break;
    const std::size_t bytes = out_.size();
    sent = co_await flush();
    if (sent) application_.count_sent(bytes);
  }
  stream_->end();
  // Which ends the read for the peer's leaving, too; nothing of the peer is left unread.
  connection_->close();
}

}  // namespace quartz::server
