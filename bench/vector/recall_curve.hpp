#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "bench/measure/measurement.hpp"
#include "bench/vector/vector_results.hpp"

namespace quartz::bench {

/// The recalls at which rates are compared.
inline constexpr std::array<double, 3> kRecalls = {0.90, 0.95, 0.99};

/// Queries a second at which the peer still has this recall, in one repetition: between the two
/// points around it on a logarithmic scale, or at the first point if the curve begins above it.
/// Nothing if the curve does not reach it.
std::optional<double> queries_per_second_at(const VectorPeerResult& peer, double recall,
                                            std::size_t repetition);
/// The same over all repetitions.
std::optional<Spread> queries_per_second_at(const VectorPeerResult& peer, double recall);

/// How many times more queries a second `ours` answers than `peer` at this recall, repetition by
/// repetition. Nothing if either does not reach it.
std::optional<Spread> search_ratio(const VectorPeerResult& ours, const VectorPeerResult& peer,
                                   double recall);

/// Times that the peer took to build on so many threads; nothing if it did not.
std::optional<Spread> build_seconds(const VectorPeerResult& peer, unsigned threads);

/// How many times longer `peer` took to build on so many threads, repetition by repetition. Nothing
/// if either did not build on so many.
std::optional<Spread> build_ratio(const VectorPeerResult& ours, const VectorPeerResult& peer,
                                  unsigned threads);

}  // namespace quartz::bench
