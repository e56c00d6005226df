#pragma once

#include <cstddef>

namespace quartz {

/// Longest text of a filter. Filters come from strangers, and reading one must cost little.
inline constexpr std::size_t kFilterTextBytesMax = 64 * 1024;

/// How deep the parentheses and `not` of a filter may be nested, in its text as in its printed
/// form. Whoever reads or evaluates a filter recurses so deep at most.
inline constexpr std::size_t kFilterDepthMax = 64;

/// How many values an `in` may list. A text reaches its own limit first when they are long.
inline constexpr std::size_t kFilterListValuesMax = 10'000;

/// How many comparisons a filter may have. No text can hold more; filters made in C++ could.
inline constexpr std::size_t kFilterComparisonsMax = 16 * 1024;

}  // namespace quartz
