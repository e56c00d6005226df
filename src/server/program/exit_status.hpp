#pragma once

#include <string_view>

#include "quartz/error.hpp"

namespace quartz::server {

/// What the process tells the shell: the numbers of the command-line tool, of which a server needs
/// these. They never change their meaning.
enum class ExitStatus : int {
  success = 0,         ///< Also after SIGTERM and SIGINT.
  not_found = 1,       ///< No such file or database.
  usage = 2,           ///< The configuration is wrong.
  corruption = 3,      ///< Stored bytes are damaged.
  busy = 4,            ///< Another process has the database open, or listens on the address.
  io_error = 5,        ///< The operating system refused.
  already_exists = 7,  ///< What was to be created is there already.
  unsupported = 8,     ///< A format version that this build does not know.
  internal = 9,        ///< Out of memory, or a defect.
};

ExitStatus exit_status_of(Errc code) noexcept;

/// One line, without a newline, on what the user can do about an error; empty if nothing helps.
std::string_view hint_for(Errc code) noexcept;

/// The table of statuses as `--help` shows it.
std::string_view exit_status_help() noexcept;

}  // namespace quartz::server
