#pragma once

#include <string_view>

#include "protocol/filter_expression.hpp"
#include "quartz/result.hpp"

namespace quartz::protocol {

/// The tree of a filter's text, never an invalid one; docs/guide/filters.md has the grammar.
/// Errors: `invalid_argument` with the place and what was expected there; `too_large` past one of
/// the limits in quartz/vector/filter_limits.hpp. Cost: linear; about 0.5 us a comparison.
Result<FilterNode> parse_filter(std::string_view text);

/// What a text names that is a single field, or the word `id`, as a filter has it. Errors: as
/// above.
Result<FilterPath> parse_filter_path(std::string_view text);

}  // namespace quartz::protocol
