#pragma once

#include <filesystem>
#include <memory>

#include "cli/measured_store.hpp"

namespace quartz::cli {

/// This engine as a store to measure, with its default configuration.
Result<std::unique_ptr<MeasuredStore>> open_quartz_store(const std::filesystem::path& directory);

}  // namespace quartz::cli
