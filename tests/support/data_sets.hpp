#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace quartz {

/// The path of a file of the shared data sets, which are too large for the source tree: in
/// $QUARTZ_DATA_DIR if that is set, else in shared/data beside the source tree. Nothing if it is
/// not there; a test of it is skipped then.
std::optional<std::filesystem::path> find_data_set(std::string_view name);

}  // namespace quartz
