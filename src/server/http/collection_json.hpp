#pragma once

#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/vector/vector_config.hpp"
#include "quartz/vector/vector_statistics.hpp"

namespace quartz::server {

/// JSON Schema of a configuration.
extern const std::string_view kCollectionConfigSchema;

/// `{"dimensions": 3, "metric": "cosine", …}`; what is not said is as by default.
/// `invalid_argument` naming the member that makes no sense.
Result<VectorCollectionConfig> read_collection_config(std::string_view body);

/// The same, with every member.
void append_collection_config(std::string& to, const VectorCollectionConfig& config);

/// `{"name": …, "config": {…}, "points": 0, …}`
std::string collection_json(std::string_view name, const VectorCollectionConfig& config,
                            const VectorStatistics& statistics);

}  // namespace quartz::server
