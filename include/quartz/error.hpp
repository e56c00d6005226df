#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "quartz/export.hpp"

namespace quartz {

/// What kind of failure an `Error` is, chosen by what the caller can do about it.
enum class Errc : std::uint8_t {
  invalid_argument,  ///< The call is wrong; change it. Retrying does not help.
  too_large,         ///< A key, value, batch or name exceeds the limit that the message names.
  not_found,         ///< The directory or keyspace that was named does not exist.
  already_exists,    ///< The directory or keyspace that was to be created is there already.
  busy,              ///< Somebody else holds it (a lock, open handles); try again later.
  closed,            ///< The engine was closed, or the keyspace dropped; open it again.
  corruption,        ///< Stored bytes are damaged; the message names file and offset.
  io_error,          ///< The operating system refused an operation.
  no_space,          ///< The disk is full or below its low-water mark; free space and retry.
  read_only,         ///< The directory or file system does not allow writing.
  reopen_required,   ///< An earlier I/O failure stopped all writing; reopening recovers.
  unsupported,       ///< A format version or platform feature that this build does not know.
  cancelled,         ///< The operation was abandoned on request before it took effect.
  wrong_kind,        ///< The key holds something else than the operation works on.
  conflict,          ///< Something that was read has been written since; read again and retry.
};

/// The code's name as written above, for example "corruption".
QUARTZ_EXPORT std::string_view to_string(Errc code) noexcept;

/// A failure: a code that says what to do, and a message that names the file, key or option.
/// A plain value; copies are independent.
class [[nodiscard]] Error {
 public:
  /// As the accessors below give it back.
  Error(Errc code, std::string message) : code_(code), message_(std::move(message)) {}

  Errc code() const noexcept { return code_; }  ///< What the caller can do.
  /// What happened, with the file, key or option by name.
  const std::string& message() const noexcept { return message_; }

  /// "corruption: log/000003.log: bad checksum at offset 4096".
  QUARTZ_EXPORT std::string to_string() const;

 private:
  Errc code_;
  std::string message_;
};

}  // namespace quartz
