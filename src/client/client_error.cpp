#include "quartz/client/client_error.hpp"

#include <fmt/format.h>

#include "quartz/client/client_result.hpp"
#include "quartz/result.hpp"

namespace quartz {

std::string_view to_string(ClientErrc code) noexcept {
  switch (code) {
    case ClientErrc::invalid_argument:
      return "invalid_argument";
    case ClientErrc::unavailable:
      return "unavailable";
    case ClientErrc::timed_out:
      return "timed_out";
    case ClientErrc::cancelled:
      return "cancelled";
    case ClientErrc::closed:
      return "closed";
    case ClientErrc::overloaded:
      return "overloaded";
    case ClientErrc::not_permitted:
      return "not_permitted";
    case ClientErrc::wrong_kind:
      return "wrong_kind";
    case ClientErrc::rejected:
      return "rejected";
    case ClientErrc::aborted:
      return "aborted";
    case ClientErrc::unexpected_reply:
      return "unexpected_reply";
    case ClientErrc::forked:
      return "forked";
  }
  return "unknown";
}

std::string ClientError::to_string() const {
  std::string text = fmt::format("{}: {} (executed: {}", quartz::to_string(code_), message_,
                                 quartz::to_string(executed_));
  if (attempts_ != 0) text += fmt::format("; attempts: {}", attempts_);
  if (stop_) text += fmt::format("; not again: {}", quartz::to_string(*stop_));
  return text + ")";
}

void abort_on_error(const ClientError& error) noexcept {
  abort_on_error(Error(Errc::invalid_argument, error.to_string()));
}

}  // namespace quartz
