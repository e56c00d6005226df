#pragma once

#include <boost/json/object.hpp>

#include "quartz/storage/statistics.hpp"

namespace quartz::cli {

/// Every field of the statistics, each under its own name.
boost::json::object to_json(const Statistics& statistics);

}  // namespace quartz::cli
