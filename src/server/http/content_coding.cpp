#include "server/http/content_coding.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <zlib.h>
#include <zstd.h>

#include "server/http/request.hpp"

namespace quartz::server {
namespace {

constexpr int kZstdLevel = 1;
constexpr int kGzipLevel = 6;

// "gzip;q=0" and "gzip; q=0.000" refuse; any other weight accepts.
bool is_refused(std::string_view parameters) noexcept {
  parameters = trimmed(parameters);
  if (!parameters.starts_with("q=") && !parameters.starts_with("Q=")) return false;
  return parameters.substr(2).find_first_not_of("0. \t") == std::string_view::npos;
}

bool is_text(std::string_view content_type) noexcept {
  return content_type.starts_with("text/") || content_type == kJson || content_type == kNdjson ||
         content_type == kProblemJson || content_type.starts_with("application/openmetrics-text");
}

std::optional<std::string> zstd(const std::string& body) {
  std::string coded(::ZSTD_compressBound(body.size()), '\0');
  const std::size_t size =
      ::ZSTD_compress(coded.data(), coded.size(), body.data(), body.size(), kZstdLevel);
  if (::ZSTD_isError(size) != 0) return std::nullopt;
  coded.resize(size);
  return coded;
}

std::optional<std::string> gzip(const std::string& body) {
  z_stream stream = {};
  constexpr int kGzipFormat = 15 + 16;
  if (::deflateInit2(&stream, kGzipLevel, Z_DEFLATED, kGzipFormat, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return std::nullopt;
  }
  std::string coded(::deflateBound(&stream, body.size()), '\0');
  // zlib does not change what it reads; its interface is older than const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(coded.data());
  stream.avail_out = static_cast<uInt>(coded.size());
  const int status = ::deflate(&stream, Z_FINISH);
  coded.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (status != Z_STREAM_END) return std::nullopt;
  return coded;
}

}  // namespace

ContentCoding choose_coding(std::string_view accept_encoding) noexcept {
  std::optional<bool> gzip;
  std::optional<bool> zstd;
  std::optional<bool> any;
  while (!accept_encoding.empty()) {
    const std::string_view part = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(part.size() + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(part.find(';'), part.size());
    const std::string_view name = trimmed(part.substr(0, semicolon));
    const bool accepted = !is_refused(part.substr(std::min(semicolon + 1, part.size())));
    if (same_token(name, "gzip")) gzip = accepted;
    if (same_token(name, "zstd")) zstd = accepted;
    if (name == "*") any = accepted;
  }
  if (zstd.value_or(any.value_or(false))) return ContentCoding::zstd;
  if (gzip.value_or(any.value_or(false))) return ContentCoding::gzip;
  return ContentCoding::identity;
}

void encode_body(Response& response, std::string_view accept_encoding) {
  if (response.body.size() < kCodedBodyBytesMin || !is_text(response.content_type)) return;
  for (const auto& [name, value] : response.headers) {
    if (name == "ETag") return;
  }
  response.with("Vary", "Accept-Encoding");
  const ContentCoding coding = choose_coding(accept_encoding);
  if (coding == ContentCoding::identity) return;
  auto coded = coding == ContentCoding::zstd ? zstd(response.body) : gzip(response.body);
  // Without memory for the coding the body goes out as it is.
  if (!coded || coded->size() >= response.body.size()) return;
  response.body = *std::move(coded);
  response.with("Content-Encoding", coding == ContentCoding::zstd ? "zstd" : "gzip");
}

}  // namespace quartz::server
