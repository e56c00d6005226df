#pragma once

#include <string_view>

#include "quartz/result.hpp"
#include "quartz/vector/filter.hpp"

namespace quartz::server {

/// The filter that an expression of VSIM's FILTER means: `.year > 1980 and "x" in .genres`. An
/// element that lacks an attribute that the expression names does not match, whatever it says.
///
/// Errors: `invalid_argument` for what is no expression, with where it goes wrong, and for what
/// filters cannot tell: comparisons of two attributes, products and powers of attributes;
/// `too_large` past the limits of quartz/vector/filter_limits.hpp.
Result<Filter> similarity_filter(std::string_view expression);

}  // namespace quartz::server
