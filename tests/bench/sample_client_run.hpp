#pragma once

#include "bench/client/client_measurement.hpp"

namespace quartz::bench {

/// A run as it might be: Quartz's client and hiredis in one category, three repetitions, in which
/// hiredis takes twice the processor time.
ClientRunResult sample_client_run();

}  // namespace quartz::bench
