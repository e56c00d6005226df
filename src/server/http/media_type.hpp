#pragma once

#include <string_view>

namespace quartz::server {

/// Whether an `Accept` header wants `alternative` rather than `usual`: names it, and gives the
/// usual one, by whatever range, no higher weight. An absent header accepts anything.
bool prefers(std::string_view accept, std::string_view alternative,
             std::string_view usual) noexcept;

}  // namespace quartz::server
