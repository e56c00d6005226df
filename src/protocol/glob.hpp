#pragma once

#include <string_view>

namespace quartz::protocol {

/// Whether a text matches a pattern as Redis reads them in KEYS, SCAN and PSUBSCRIBE: `*` stands
/// for any bytes, `?` for one, `[abc]`, `[a-z]` and `[^a]` for one of those or of the others, and a
/// backslash takes away what the byte behind it means. A class that is not closed ends with the
/// pattern. Cost: at most the product of both lengths, whatever the pattern.
bool matches_glob(std::string_view pattern, std::string_view text) noexcept;

/// What every match begins with: the bytes before the first that is not itself. A scan of keys in
/// order needs no others.
std::string_view glob_prefix(std::string_view pattern) noexcept;

}  // namespace quartz::protocol
