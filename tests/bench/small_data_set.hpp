#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "bench/vector/data_set.hpp"

namespace quartz::bench {

/// Random vectors of whole numbers up to 255, and the 20 nearest of each of ten queries by a plain
/// loop; the same each time.
DataSet small_data_set(std::size_t vectors, std::size_t dimensions);

/// Writes the files that `read_data_set` reads.
void write_data_set(const DataSet& set, const std::filesystem::path& folder);

}  // namespace quartz::bench
