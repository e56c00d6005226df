#pragma once

#include <string>

#include "bench/client/client_measurement.hpp"

namespace quartz::bench {

/// A run for a terminal: for each category the clients, with what an operation took and in
/// proportion to Quartz.
std::string client_text_table(const ClientRunResult& run);

/// The same as a document, with machine and method.
std::string client_markdown_report(const ClientRunResult& run);

}  // namespace quartz::bench
