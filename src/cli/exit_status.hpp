#pragma once

#include <string_view>

#include "base/exit_status.hpp"
#include "quartz/error.hpp"

namespace quartz::cli {

using quartz::exit_status_of;
using quartz::ExitStatus;

/// One line, without a newline, on what the user can do about an error.
std::string_view hint_for(Errc code) noexcept;

/// The table of statuses as `--help` shows it.
std::string_view exit_status_help() noexcept;

}  // namespace quartz::cli
