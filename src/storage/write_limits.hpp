#pragma once

#include <cstddef>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

// The one place where the limits of quartz/storage/limits.hpp are enforced for writes.

/// `too_large`, naming the limit, for a key or value beyond it; `invalid_argument` for attributes
/// that cannot be stored.
Result<void> check_operation(OperationType type, std::string_view key, std::string_view value,
                             const RowAttributes& attributes = {});

/// `too_large` for a batch of so many encoded bytes if that is beyond the limit.
Result<void> check_batch_bytes(std::size_t bytes);

}  // namespace quartz::storage
