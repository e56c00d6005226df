#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "cli/measured_search.hpp"
#include "quartz/vector/vector_config.hpp"

namespace quartz::cli {

/// Whether the tool was built with hnswlib.
bool has_hnswlib() noexcept;

/// hnswlib by itself over `rows`, one behind the other, which must outlive it: squared distances of
/// single precision, computed by our kernel, so that it is not held up by a slower one. The same
/// `m` and `ef_construction`. Built on `threads` threads; by one alone, it is the same each time.
/// `progress` is told of rows that are in it and may end the building. `unsupported` without
/// hnswlib.
Result<std::unique_ptr<MeasuredSearch>> build_hnswlib(
    std::span<const float> rows, std::size_t dimensions, const VectorIndexConfig& config,
    unsigned threads, const std::function<Result<void>(std::uint64_t)>& progress);

}  // namespace quartz::cli
