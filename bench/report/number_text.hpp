#pragma once

#include <cstdint>
#include <string>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

// Figures as a reader wants them: as many digits as say something, in the unit that needs fewest.

/// Three digits, or all that a clock can be believed: "8.7 ns", "87 ns", "1.24 µs", "31.0 ms".
std::string duration_text(double ns);
/// Without the zeros that do not count, for round numbers: "200 ns", "1 µs".
std::string round_duration_text(double ns);
/// Median and, in the median's unit, minimum and maximum: "1.24 µs (1.20–1.31)".
std::string duration_text(const Spread& ns);

/// "0.83x", "1.04x", "7.5x", "128x". Less than one is never rounded up to it, since it is a loss.
std::string ratio_text(double ratio);
/// Minimum and maximum of a ratio: "7.1–7.9".
std::string ratio_range_text(const Spread& ratio);

/// A factor of bytes: "0.98", "1.32", "12.5".
std::string factor_text(double factor);
/// "812 B", "3.10 KiB", "256 MiB".
std::string bytes_text(double bytes);
/// "1,000,000".
std::string count_text(std::uint64_t count);

}  // namespace quartz::bench
