#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quartz::server {

/// What stands in one segment of a path: `%2F` becomes a slash. Nothing if an escape is malformed.
std::optional<std::string> percent_decoded(std::string_view text);

/// As a segment of a path.
std::string percent_encoded(std::string_view bytes);

/// The parameters of a query string in their order; a plus sign is a blank there. Nothing if an
/// escape is malformed.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);

}  // namespace quartz::server
