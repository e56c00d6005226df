#pragma once

#include <string_view>

#include "client/near_cache.hpp"

namespace quartz::client {

/// Invalidates what a request that writes may change: commands as the protocol has them. No table
/// of commands is needed: what a command changes it names, so that every word but its name is taken
/// for a key. Those few that change what they do not name (FLUSHALL, scripts) flush the cache.
void invalidate_written(NearCache& cache, std::string_view request);

}  // namespace quartz::client
