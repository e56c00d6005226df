#pragma once

#include <string>

#include "protocol/filter_expression.hpp"
#include "quartz/vector/filter_value.hpp"

namespace quartz::protocol {

/// The text that parses back to an equal tree, with no more parentheses than it needs. Of an
/// invalid one, its error in angle brackets, which no filter looks like.
std::string print_filter(const FilterExpression& expression);

/// One value, as it stands in a filter.
std::string print_filter_value(const FilterValue& value);

/// A field, or `id`.
std::string print_filter_path(const FilterPath& path);

}  // namespace quartz::protocol
