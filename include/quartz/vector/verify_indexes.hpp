#pragma once

#include <filesystem>

#include "quartz/export.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz {

/// What `verify` does for rows, for the saved indexes of the collections of the closed database in
/// `directory`: reads every checksum and changes nothing. Damage loses no point, for an index that
/// is damaged is built anew when its collection is opened. The report counts files and bytes only.
/// Errors: `not_found`, `unsupported`, `busy` while it is open, `io_error`.
QUARTZ_EXPORT Result<VerifyReport> verify_indexes(const std::filesystem::path& directory,
                                                  const FileProgress& progress = {});

}  // namespace quartz
