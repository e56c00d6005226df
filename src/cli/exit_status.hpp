#pragma once

#include <string_view>

#include "quartz/error.hpp"

namespace quartz::cli {

/// What the process tells the shell. Scripts depend on these numbers: docs/guide/command_line.md
/// lists them, and they never change their meaning.
enum class ExitStatus : int {
  success = 0,
  not_found = 1,        ///< No such key, keyspace, collection, point or database.
  usage = 2,            ///< The command line is wrong, or asks for more than a limit allows.
  corruption = 3,       ///< Stored bytes are damaged.
  busy = 4,             ///< Another process has the database open.
  io_error = 5,         ///< The operating system refused: I/O, space, permissions.
  malformed_input = 6,  ///< A file to load is not in the format it should be in.
  already_exists = 7,   ///< What was to be created is there already.
  unsupported = 8,      ///< A format version or feature that this build does not know.
  internal = 9,         ///< Out of memory, or a defect of the tool.
  interrupted = 130,    ///< Ended by SIGINT after finishing what was begun.
  terminated = 143,     ///< Ended by SIGTERM after finishing what was begun.
};

/// The status for an error that ended a command.
ExitStatus exit_status_of(Errc code) noexcept;

/// One line, without a newline, on what the user can do about an error.
std::string_view hint_for(Errc code) noexcept;

/// The table of statuses as `--help` shows it.
std::string_view exit_status_help() noexcept;

}  // namespace quartz::cli
