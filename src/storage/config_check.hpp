#pragma once

#include "quartz/result.hpp"
#include "quartz/storage/storage_config.hpp"

namespace quartz::storage {

/// `invalid_argument`, naming the option, for a configuration that makes no sense.
Result<void> check_config(const StorageConfig& config);

}  // namespace quartz::storage
