#pragma once

#include <filesystem>

#include "bench/measure/measurement.hpp"

namespace quartz::bench {

/// The machine this runs on; `directory` is where the databases will be.
RunResult::Machine this_machine(const std::filesystem::path& directory);

}  // namespace quartz::bench
