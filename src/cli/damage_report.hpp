#pragma once

#include <vector>

#include <boost/json/array.hpp>

#include "cli/console.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::cli {

/// One line for each damage on standard output, and as JSON.
void print_damage(const std::vector<Damage>& damage, Console& console);
boost::json::array to_json(const std::vector<Damage>& damage);

}  // namespace quartz::cli
