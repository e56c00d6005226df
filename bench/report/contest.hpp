#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// The engines that were measured at one thing. Points into the run that it was made from.
struct Contest {
  std::string category;
  unsigned threads = 1;
  /// For people; tells the threads where the run has the category with several numbers of them.
  std::string title;
  /// Quartz first if it took part, the others in the order of the run; each with a repetition.
  std::vector<const Series*> entrants;

  /// Quartz's series, or null.
  const Series* ours() const;
};

/// All contests of a run, in its order. A series without repetitions took part in none.
std::vector<Contest> contests_of(const RunResult& run);

/// What Quartz's peers need in proportion to Quartz; below one it has lost.
struct PeerRatio {
  std::string engine;
  Spread ratio;
};
/// One figure of a contest, by which the entrants are compared.
struct Comparison {
  std::string_view figure;  ///< "time", "bytes written", "bytes kept"
  std::vector<PeerRatio> peers;
};
/// The time of an operation; with space amplification also the bytes, for each byte that was put.
/// None without Quartz or without peers.
std::vector<Comparison> comparisons_of(const Contest& contest);

/// The engines of a run that are not Quartz, in the order in which they first appear.
std::vector<std::string> peers_of(const RunResult& run);

/// Whether the median says that the peer needed less than Quartz.
inline bool is_loss(const Spread& ratio) { return ratio.median < 1; }

}  // namespace quartz::bench
