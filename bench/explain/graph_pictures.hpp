#pragma once

#include <string>

#include "bench/explain/plane_graph.hpp"

namespace quartz::bench {

/// The levels of a graph, one above the other.
std::string draw_levels(const PlaneGraph& graph);

/// One search, with the slots of level 0 numbered in the order in which it came to them.
std::string draw_walk(const PlaneGraph& graph, PlanePoint query, std::size_t ef);

/// Two searches for the `k` nearest of one point in `one_in`, with few and with many candidates
/// kept.
std::string draw_filter(const PlaneGraph& graph, PlanePoint query, std::size_t k,
                        std::uint64_t one_in, std::size_t few, std::size_t many);

}  // namespace quartz::bench
