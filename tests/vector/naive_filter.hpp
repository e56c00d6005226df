#pragma once

#include <string_view>

#include "protocol/filter_expression.hpp"

namespace quartz {

/// What docs/guide/filters.md says about a filter, done word by word over a parsed payload: the
/// oracle of what is done faster. `payload` is valid.
bool naively_matches(const protocol::FilterExpression& filter, std::string_view id,
                     std::string_view payload);

}  // namespace quartz
