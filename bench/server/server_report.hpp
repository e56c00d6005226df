#pragma once

#include <string>

#include "bench/server/server_measurement.hpp"

namespace quartz::bench {

/// A run for a terminal: for each category the servers, with what they took and in proportion to
/// Quartz.
std::string server_text_table(const ServerRunResult& run);

/// The same as a document, with machine and method.
std::string server_markdown_report(const ServerRunResult& run);

}  // namespace quartz::bench
