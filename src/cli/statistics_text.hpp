#pragma once

#include <string>

#include "cli/terminal.hpp"
#include "quartz/storage/statistics.hpp"

namespace quartz::cli {

/// The statistics as tables for people; what never happened is left out.
std::string to_text(const Statistics& statistics, const Style& style);

}  // namespace quartz::cli
