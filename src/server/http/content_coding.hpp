#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/http/response.hpp"

namespace quartz::server {

/// From what is preferred least to what is preferred most.
enum class ContentCoding : std::uint8_t { identity, gzip, brotli, zstd };

/// Bodies below this are sent as they are: what the coding saves is less than it costs.
inline constexpr std::size_t kCodedBodyBytesMin = 1024;

/// The coding that an `Accept-Encoding` gives most weight. Of several with the same: zstd, which
/// costs us least, then brotli, then gzip.
ContentCoding choose_coding(std::string_view accept_encoding) noexcept;

/// Encodes the body and says so in the headers, if that is worth while: text of some size, without
/// an entity tag (which stands for the exact bytes). Otherwise leaves it alone.
void encode_body(Response& response, std::string_view accept_encoding);

}  // namespace quartz::server
