#pragma once

#include <vector>

#include "bench/client/client_measurement.hpp"

namespace quartz::bench {

/// Quartz's client and those of its peers that this program was built with; Quartz's first.
std::vector<ClientKind> client_kinds();

/// `quartz::Client` with coroutines that share one connection.
std::vector<ClientKind> quartz_client_kinds();
/// Compiled only where hiredis was found.
std::vector<ClientKind> hiredis_kinds();

/// Stores all keys of `load`, by `quartz::Client`.
Result<void> store_keys(const ClientLoad& load);

}  // namespace quartz::bench
