#pragma once

#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// The document's title and what a reader has to know before any figure: where the document comes
/// from, what was measured, and how.
std::string markdown_preface(const RunResult& run);

}  // namespace quartz::bench
