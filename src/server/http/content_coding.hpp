#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/http/response.hpp"

namespace quartz::server {

enum class ContentCoding : std::uint8_t { identity, gzip, zstd };

/// Bodies below this are sent as they are: what the coding saves is less than it costs.
inline constexpr std::size_t kCodedBodyBytesMin = 1024;

/// The best coding that an `Accept-Encoding` allows: zstd before gzip, whatever the weights above
/// zero say, since both are fine for the client and one costs us an eighth of the other.
ContentCoding choose_coding(std::string_view accept_encoding) noexcept;

/// Encodes the body and says so in the headers, if that is worth while: text of some size, without
/// an entity tag (which stands for the exact bytes). Otherwise leaves it alone.
void encode_body(Response& response, std::string_view accept_encoding);

}  // namespace quartz::server
