#pragma once

#include <memory>

#include "cli/measured_search.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::cli {

/// A collection as something to measure searches of; the ids of its points are numbers of rows.
std::unique_ptr<MeasuredSearch> make_collection_search(const VectorCollection& collection);

}  // namespace quartz::cli
