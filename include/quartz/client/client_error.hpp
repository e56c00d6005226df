#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "quartz/client/request_failure.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// What kind of failure a `ClientError` is, chosen by what the caller can do about it.
enum class ClientErrc : std::uint8_t {
  invalid_argument,  ///< The call or the configuration is wrong; change it.
  unavailable,       ///< No endpoint could be reached, or the connection was lost; try later.
  timed_out,         ///< The deadline passed.
  cancelled,         ///< The caller gave up.
  closed,            ///< The client was closed.
  overloaded,        ///< More is under way than `ClientLimits` or the server allow.
  not_permitted,     ///< The server does not know this user, or does not let him do that.
  wrong_kind,        ///< The key holds something else than the command works on.
  rejected,          ///< Another error of the server; the message is what it said.
  aborted,           ///< A key that was watched has changed; read again and retry.
  unexpected_reply,  ///< The server answered with something else than the command promises.
  forked,            ///< The client is of the process that this one was forked from; make another.
};

/// The code's name as written above, for example "timed_out".
QUARTZ_EXPORT std::string_view to_string(ClientErrc code) noexcept;

/// How a request of a client failed: what to do about it, what happened to it, and why it was not
/// tried again. A plain value; copies are independent.
class [[nodiscard]] ClientError {
 public:
  /// As the accessors below give it back.
  ClientError(ClientErrc code, std::string message, Executed executed = Executed::no,
              std::optional<RetryStop> stop = std::nullopt, std::uint32_t attempts = 0)
      : code_(code),
        executed_(executed),
        stop_(stop),
        attempts_(attempts),
        message_(std::move(message)) {}

  ClientErrc code() const noexcept { return code_; }  ///< What to do about it.
  /// What happened, with the endpoint or option by name.
  const std::string& message() const noexcept { return message_; }
  /// Whether the server has carried the request out, as far as anybody knows.
  Executed executed() const noexcept { return executed_; }
  /// The rule by which it was not tried, or not again; nothing if nothing was to be retried: it was
  /// cancelled, or refused before it was begun.
  std::optional<RetryStop> retry_stop() const noexcept { return stop_; }
  /// Attempts that failed; 0 if there was none.
  std::uint32_t attempts() const noexcept { return attempts_; }

  /// "unavailable: 127.0.0.1:7379: Connection refused (executed: no; attempts: 3; not again:
  /// attempts)".
  QUARTZ_EXPORT std::string to_string() const;

 private:
  ClientErrc code_;
  Executed executed_;
  std::optional<RetryStop> stop_;
  std::uint32_t attempts_;
  std::string message_;
};

}  // namespace quartz
