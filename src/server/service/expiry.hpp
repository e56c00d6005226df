#pragma once

#include <cstddef>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server {

/// Removes up to `count_max` of the rows of a database that have expired, their elements and the
/// entries of the index that led to them, and announces it; how many entries that were.
Result<std::size_t> remove_expired_of(DatabaseView& view, std::size_t count_max);

}  // namespace quartz::server
