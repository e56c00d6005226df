#include "quartz/client/request_failure.hpp"

namespace quartz {

std::string_view to_string(Executed executed) noexcept {
  switch (executed) {
    case Executed::no:
      return "no";
    case Executed::yes:
      return "yes";
    case Executed::unknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::not_sent:
      return "not_sent";
    case FailureKind::refused:
      return "refused";
    case FailureKind::throttled:
      return "throttled";
    case FailureKind::lost:
      return "lost";
    case FailureKind::timed_out:
      return "timed_out";
    case FailureKind::rejected:
      return "rejected";
    case FailureKind::answered:
      return "answered";
  }
  return "unknown";
}

std::string_view to_string(RetryStop stop) noexcept {
  switch (stop) {
    case RetryStop::permanent:
      return "permanent";
    case RetryStop::not_idempotent:
      return "not_idempotent";
    case RetryStop::attempts:
      return "attempts";
    case RetryStop::budget:
      return "budget";
    case RetryStop::deadline:
      return "deadline";
    case RetryStop::lease:
      return "lease";
  }
  return "unknown";
}

Executed executed_after(FailureKind kind) noexcept {
  switch (kind) {
    case FailureKind::not_sent:
    case FailureKind::refused:
    case FailureKind::throttled:
      return Executed::no;
    case FailureKind::rejected:
    case FailureKind::answered:
      return Executed::yes;
    case FailureKind::lost:
    case FailureKind::timed_out:
      break;
  }
  return Executed::unknown;
}

}  // namespace quartz
