#pragma once

#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "bench/measure/measurement.hpp"
#include "bench/report/json_node.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

// What every file of results says of where and on what it was measured.

boost::json::object json_of_machine(const RunResult::Machine& machine);
/// `corruption` names what is missing or wrong.
Result<RunResult::Machine> machine_from(const JsonNode& node);

boost::json::object json_of_texts(const std::map<std::string, std::string>& texts);

}  // namespace quartz::bench
