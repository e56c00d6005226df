#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/measure/measurement.hpp"
#include "bench/run/programs.hpp"
#include "bench/workload/category.hpp"
#include "quartz/result.hpp"

namespace quartz::bench {

struct RunPlan {
  std::vector<MeasuredEngine> engines;
  std::vector<const Category*> categories;
  std::filesystem::path directory;  ///< For databases; emptied before and removed afterwards.
  unsigned repetitions = 5;
  std::uint64_t keys = 1'000'000;
  double seconds = 0.5;  ///< For one measurement; engines that are slower do fewer operations.
  std::uint64_t seed = 1;
  /// Told what is being measured: a line without its end.
  std::function<void(const std::string&)> progress;
};

/// Measures everything that the plan asks for. Within a category the engines take turns, and each
/// repetition begins with another one.
Result<std::vector<Series>> run(const RunPlan& plan);

}  // namespace quartz::bench
