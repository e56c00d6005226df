#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace quartz::protocol {

/// Base64 of RFC 4648 with padding, and back; nothing if `text` is not exactly that. Every value
/// has one text.
std::string to_base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

/// The alphabet that is safe in addresses and file names, without padding.
std::string to_base64_url(std::string_view bytes);
std::optional<std::string> from_base64_url(std::string_view text);

}  // namespace quartz::protocol
