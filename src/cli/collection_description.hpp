#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "cli/terminal.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_statistics.hpp"

namespace quartz::cli {

/// What a collection is and holds, for people.
std::string describe_collection(std::string_view name, const VectorCollectionConfig& config,
                                const VectorStatistics& statistics, const Style& style);

/// Every field under its own name.
boost::json::object to_json(const VectorCollectionConfig& config);
boost::json::object to_json(const VectorStatistics& statistics);

}  // namespace quartz::cli
