#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "quartz/server/server_statistics.hpp"
#include "quartz/storage/statistics.hpp"

namespace quartz::server {

/// Whether a figure only grows.
enum class FigureKind : std::uint8_t { counter, gauge };

/// One figure of `From`, for every document that shows all of them.
template <class From>
struct StatisticsField {
  std::string_view name;  ///< The member's: "gets_from_cache".
  FigureKind kind;
  std::string_view description;
  std::uint64_t (*value)(const From&);
};

struct LatencyField {
  std::string_view name;  ///< Without the suffix "_latency": "get".
  std::string_view description;
  const LatencySummary& (*value)(const Statistics&);
};

/// All figures that are whole numbers, flags among them; in the order of the header.
std::span<const StatisticsField<Statistics>> statistics_fields() noexcept;
std::span<const LatencyField> latency_fields() noexcept;
std::span<const StatisticsField<ServerStatistics>> server_statistics_fields() noexcept;
std::span<const StatisticsField<ProtocolStatistics>> protocol_statistics_fields() noexcept;

/// What is known of each protocol.
struct ProtocolField {
  std::string_view name;  ///< "http".
  const ProtocolStatistics& (*value)(const ServerStatistics&);
};
std::span<const ProtocolField> protocols() noexcept;

}  // namespace quartz::server
