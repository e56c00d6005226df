#pragma once

#include <functional>
#include <string>

#include "cli/console.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::cli {

/// Work on a collection that takes long and reports how far it is.
using CollectionWork = std::function<Result<void>(const VectorCollection::Progress&)>;

/// Does `work` under a progress bar. An interruption closes the engine, which ends the work: the
/// answer is `cancelled` then, and what was written is safe.
Result<void> wait_for(StorageEngine& engine, Console& console, const std::string& label,
                      const CollectionWork& work);

}  // namespace quartz::cli
