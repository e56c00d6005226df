#include "quartz/error.hpp"

#include <cstdio>
#include <cstdlib>

#include "quartz/result.hpp"

namespace quartz {

std::string_view to_string(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return "invalid_argument";
    case Errc::too_large:
      return "too_large";
    case Errc::not_found:
      return "not_found";
    case Errc::already_exists:
      return "already_exists";
    case Errc::busy:
      return "busy";
    case Errc::closed:
      return "closed";
    case Errc::corruption:
      return "corruption";
    case Errc::io_error:
      return "io_error";
    case Errc::no_space:
      return "no_space";
    case Errc::read_only:
      return "read_only";
    case Errc::reopen_required:
      return "reopen_required";
    case Errc::unsupported:
      return "unsupported";
    case Errc::cancelled:
      return "cancelled";
    case Errc::wrong_kind:
      return "wrong_kind";
    case Errc::conflict:
      return "conflict";
  }
  // No enumerator has this value; somebody cast a number. The message still tells the story.
  return "unknown";
}

std::string Error::to_string() const {
  std::string text(quartz::to_string(code_));
  text += ": ";
  text += message_;
  return text;
}

void abort_on_error(const Error& error) noexcept {
  // Piece by piece, because building one string could throw on the way out.
  const std::string_view code = to_string(error.code());
  std::fprintf(stderr, "quartz: value() of a Result that holds an error: %.*s: %s\n",
               static_cast<int>(code.size()), code.data(), error.message().c_str());
  std::abort();
}

}  // namespace quartz
