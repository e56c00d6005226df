#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "quartz/server/server_config.hpp"
#include "server/http/request.hpp"

namespace quartz::server {

/// Reads HTTP/1.1 requests out of bytes, however they are split. Knows no socket and no clock; what
/// it holds is bounded by the limits. Stricter than HTTP demands: bare line feeds, folded headers,
/// and bodies whose length could be read in two ways are refused, since a proxy in front may have
/// read them in the other way.
class RequestParser {
 public:
  enum class State : std::uint8_t {
    idle,      ///< Nothing of a request has arrived.
    head,      ///< Request line and headers are arriving.
    body,      ///< The headers are there; the body is arriving.
    complete,  ///< `request()` is whole.
    failed,    ///< `failure_status()` says why; nothing after it can be understood.
  };

  RequestParser();
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Takes what it can use from the front of `received` and returns how much that was; the rest
  /// comes again in front of what arrives next. Stops at the end of a request, and once behind
  /// the headers of one that `expects_continue`.
  std::size_t feed(std::string_view received, const RequestLimits& limits);

  State state() const noexcept { return state_; }
  /// Whole when `complete`; while `body` or `failed`, as far as it was read.
  Request& request() noexcept { return request_; }

  /// The status to refuse with, and why in a few words.
  int failure_status() const noexcept { return failure_status_; }
  std::string_view failure_reason() const noexcept { return failure_reason_; }

  /// Refuses what has arrived so far, for a reason that lies outside of it.
  void give_up(int status, std::string_view reason) { fail(status, reason); }

  /// For the next request on the connection.
  void reset();

 private:
  class Grammar;  // Beast's parser, which only the source file knows.

  std::size_t feed_head(std::string_view received, const RequestLimits& limits);
  bool scan_head(std::string_view received, const RequestLimits& limits);
  void parse_head(std::string_view head, const RequestLimits& limits);
  void judge_head(const RequestLimits& limits);
  bool has_sound_framing();
  std::size_t feed_body(std::string_view received, const RequestLimits& limits);
  void fail(int status, std::string_view reason);

  std::unique_ptr<Grammar> grammar_;
  Request request_;
  State state_ = State::idle;
  bool skipped_line_ = false;   // In front of the request.
  std::size_t scanned_ = 0;     // Bytes of an unfinished head that need not be looked at again.
  std::size_t head_bytes_ = 0;  // Length of the head, once its end was seen.
  int failure_status_ = 0;
  std::string_view failure_reason_;
};

}  // namespace quartz::server
