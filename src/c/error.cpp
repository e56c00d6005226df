#include <array>
#include <string>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "quartz/version.hpp"

namespace quartz::c {
namespace {

quartz_code to_c(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return QUARTZ_INVALID_ARGUMENT;
    case Errc::too_large:
      return QUARTZ_TOO_LARGE;
    case Errc::not_found:
      return QUARTZ_NOT_FOUND;
    case Errc::already_exists:
      return QUARTZ_ALREADY_EXISTS;
    case Errc::busy:
      return QUARTZ_BUSY;
    case Errc::closed:
      return QUARTZ_CLOSED;
    case Errc::corruption:
      return QUARTZ_CORRUPTION;
    case Errc::io_error:
      return QUARTZ_IO_ERROR;
    case Errc::no_space:
      return QUARTZ_NO_SPACE;
    case Errc::read_only:
      return QUARTZ_READ_ONLY;
    case Errc::reopen_required:
      return QUARTZ_REOPEN_REQUIRED;
    case Errc::unsupported:
      return QUARTZ_UNSUPPORTED;
    case Errc::cancelled:
      return QUARTZ_CANCELLED;
    case Errc::wrong_kind:
      return QUARTZ_WRONG_KIND;
    case Errc::conflict:
      return QUARTZ_CONFLICT;
  }
  return QUARTZ_INVALID_ARGUMENT;
}

}  // namespace

quartz_error* out_of_memory() noexcept {
  static quartz_error error{QUARTZ_OUT_OF_MEMORY, "no memory"};  // Fits without an allocation.
  return &error;
}

quartz_error* to_c(const Error& error) noexcept {
  try {
    return new quartz_error{to_c(error.code()), error.message()};
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

quartz_error* io_error(const char* message) noexcept {
  try {
    return new quartz_error{QUARTZ_IO_ERROR, message};
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  }
}

Result<void> check_given(std::initializer_list<Needed> needed) {
  for (const auto& [name, pointer] : needed) {
    if (pointer == nullptr) return Error(Errc::invalid_argument, std::string(name) + " is NULL");
  }
  return {};
}

Result<void> check_bytes(const char* name, quartz_bytes bytes) {
  if (bytes.data != nullptr || bytes.size == 0) return {};
  return Error(Errc::invalid_argument,
               std::string(name) + " has a size of " + std::to_string(bytes.size) + " and no data");
}

}  // namespace quartz::c

quartz_code quartz_error_code(const quartz_error* error) { return error->code; }

const char* quartz_error_message(const quartz_error* error) { return error->message.c_str(); }

void quartz_error_destroy(quartz_error* error) {
  if (error != quartz::c::out_of_memory()) delete error;
}

const char* quartz_code_name(quartz_code code) {
  // In the order of the numbers.
  static constexpr std::array kNames{
      "unknown",   "invalid_argument", "too_large",   "not_found", "already_exists",
      "busy",      "closed",           "corruption",  "io_error",  "no_space",
      "read_only", "reopen_required",  "unsupported", "cancelled", "wrong_kind",
      "conflict",  "out_of_memory"};
  const auto number = static_cast<std::size_t>(code);
  return kNames[number < kNames.size() ? number : 0];
}

const char* quartz_version() { return quartz::version().data(); }
