#pragma once

#include <string>
#include <string_view>

#include "bench/measure/measurement.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

/// The few categories that a README has room for: what Quartz takes, and beside it the peers that
/// most readers know, each with its ratio. Categories and peers that were not measured are left
/// out.
std::string readme_table(const RunResult& run);

/// `document` with what stands between the lines `<!-- benchmark -->` and `<!-- /benchmark -->`
/// replaced by `text`. `invalid_argument` unless it has both once, in this order.
Result<std::string> with_benchmark(std::string_view document, std::string_view text);

}  // namespace quartz::bench
