#pragma once

#include <chrono>
#include <cstdint>

namespace quartz {

/// When a read that is not answered soon is sent once more, to another endpoint or over another
/// connection, of which the first answer counts: against servers and connections that are slow for
/// a moment. Only single commands that change nothing; never writes, batches or requests of leases,
/// nor reads that fill the near cache. Needs a second connection: to another endpoint, or
/// `ClientConfig::connections` of at least 2.
struct HedgeConfig {
  /// After so long. 0: after `percentile` of the latencies that reads have had lately, once
  /// a hundred are known.
  std::chrono::milliseconds delay{0};
  double percentile = 0.95;                ///< Between 0 and 1.
  std::chrono::milliseconds delay_min{1};  ///< Nor sooner, then. Both: a year at most.
  /// In the long run, of a hundred reads so many are sent twice at most. Each takes
  /// `RetryConfig::transient_cost` from the endpoint's budget, too, and gives it back if the
  /// read succeeds.
  std::uint32_t percent_max = 5;
};

}  // namespace quartz
