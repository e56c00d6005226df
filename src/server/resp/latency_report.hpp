#pragma once

#include <string>
#include <string_view>

#include "server/statistics/latency_events.hpp"

namespace quartz::server {

/// The samples of an event as columns, the oldest on the left, under a line about the highest and
/// the lowest.
std::string latency_graph(std::string_view name, const LatencyEvents::Event& event);

/// What the events of a server mean and what can be done, for people.
std::string latency_advice(const LatencyEvents& events);

}  // namespace quartz::server
