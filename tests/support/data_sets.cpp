#include "support/data_sets.hpp"

#include <cstdlib>
#include <system_error>

namespace quartz {

std::optional<std::filesystem::path> find_data_set(std::string_view name) {
  const char* const chosen = std::getenv("QUARTZ_DATA_DIR");
  const std::filesystem::path directory =
      chosen != nullptr && *chosen != '\0'
          ? std::filesystem::path(chosen)
          : std::filesystem::path(QUARTZ_SOURCE_DIRECTORY) / "../shared/data";
  std::filesystem::path path = directory / name;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  return path;
}

}  // namespace quartz
