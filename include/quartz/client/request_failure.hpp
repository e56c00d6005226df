#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "quartz/export.hpp"

namespace quartz {

/// Whether the server has carried out a request that was not answered with success.
enum class Executed : std::uint8_t {
  no,       ///< It has not, and will not.
  yes,      ///< It has looked at it, and its answer is the failure.
  unknown,  ///< It was sent, and no answer came, or one by which the server knows no more.
};

/// How a request can fail.
enum class FailureKind : std::uint8_t {
  not_sent,   ///< No connection could be had, or it ended before the first byte was sent.
  refused,    ///< The server said that it has not carried it out, but may do so later.
  throttled,  ///< The server said that there were too many.
  lost,       ///< The connection ended after something was sent and before the answer, or the
              ///< answer was that the server does not know what became of it.
  timed_out,  ///< The answer did not come in time.
  rejected,   ///< The server's answer is an error that stays one.
  answered,   ///< The server has carried it out at an earlier attempt, and has its answer no more.
};

/// Why a request was not, or not again, tried.
enum class RetryStop : std::uint8_t {
  permanent,       ///< The answer would be the same.
  not_idempotent,  ///< It may have been carried out, and twice is not as good as once.
  attempts,        ///< `RetryConfig::attempts_max` are spent.
  budget,          ///< Too many of the endpoint's requests have been retried lately.
  deadline,        ///< It would come too late.
  lease,           ///< Of a lease, whose connection has ended: another one knows nothing of it.
};

/// The names as written above.
QUARTZ_EXPORT std::string_view to_string(Executed executed) noexcept;
/// The names as written above.
QUARTZ_EXPORT std::string_view to_string(FailureKind kind) noexcept;
QUARTZ_EXPORT std::string_view to_string(RetryStop stop) noexcept;  ///< The names as written above.

/// One failed attempt.
struct RequestFailure {
  FailureKind kind = FailureKind::not_sent;  ///< What kind of failure it was.
  /// When the server wants to be asked again, if it said so.
  std::optional<std::chrono::milliseconds> retry_after = {};
};

/// What is known of the request after such an attempt.
QUARTZ_EXPORT Executed executed_after(FailureKind kind) noexcept;

}  // namespace quartz
