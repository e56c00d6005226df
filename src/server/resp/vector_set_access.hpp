#pragma once

#include <optional>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/vector_set.hpp"

namespace quartz::server {

/// The vector set under the command's first key; nothing if there is none. If its index is not
/// loaded, the command, or the EXEC that it belongs to, runs again where that may take long.
Result<std::optional<VectorSet>> vector_set_of(CommandCall& call);

/// Whether the command is to run again where it may take long, because it would here: it answers
/// nothing then.
bool leaves_thread(CommandCall& call);

/// Fails for what asks the index of a vector set to which the same transaction has written.
Result<void> check_committed(const VectorSet& set);

}  // namespace quartz::server
