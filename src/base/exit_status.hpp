#pragma once

#include "quartz/error.hpp"

namespace quartz {

/// What a program tells the shell, the command-line tool as well as the server. Scripts depend on
/// these numbers: docs/guide/command_line.md lists them, and they never change their meaning.
enum class ExitStatus : int {
  success = 0,          ///< Of a server, also after SIGTERM and SIGINT.
  not_found = 1,        ///< No such key, keyspace, collection, point, file or database.
  usage = 2,            ///< The command line or configuration is wrong, or exceeds a limit.
  corruption = 3,       ///< Stored bytes are damaged.
  busy = 4,             ///< Another process has the database open, or listens on the address.
  io_error = 5,         ///< The operating system refused: I/O, space, permissions.
  malformed_input = 6,  ///< A file to load is not in the format it should be in.
  already_exists = 7,   ///< What was to be created is there already.
  unsupported = 8,      ///< A format version or feature that this build does not know.
  internal = 9,         ///< Out of memory, or a defect.
  interrupted = 130,    ///< The tool was ended by SIGINT after finishing what was begun.
  terminated = 143,     ///< The tool was ended by SIGTERM after finishing what was begun.
};

/// The status for an error that ended a program.
constexpr ExitStatus exit_status_of(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::too_large:
    case Errc::wrong_kind:
      return ExitStatus::usage;
    case Errc::not_found:
      return ExitStatus::not_found;
    case Errc::already_exists:
      return ExitStatus::already_exists;
    case Errc::busy:
    case Errc::closed:
    case Errc::conflict:
      return ExitStatus::busy;
    case Errc::corruption:
      return ExitStatus::corruption;
    case Errc::io_error:
    case Errc::no_space:
    case Errc::read_only:
    case Errc::reopen_required:
      return ExitStatus::io_error;
    case Errc::unsupported:
      return ExitStatus::unsupported;
    case Errc::cancelled:
      return ExitStatus::interrupted;
  }
  return ExitStatus::internal;
}

}  // namespace quartz
