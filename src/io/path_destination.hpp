#pragma once

#include "io/file_system.hpp"

// Where paths lead, to what is there and to what is not made yet: whatever `.`, `..`, links of
// directories and the working directory make of them.

namespace quartz::io {

/// Whether two paths lead to the same file. False if either is empty.
bool lead_to_the_same_file(const Path& one, const Path& other);

/// Whether `inner` leads to the directory `outer` or to something within it. False if either is
/// empty.
bool leads_into(const Path& inner, const Path& outer);

}  // namespace quartz::io
