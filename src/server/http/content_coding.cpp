#include "server/http/content_coding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <zlib.h>
#include <zstd.h>

#include <brotli/encode.h>

#include "base/ascii.hpp"
#include "server/http/request.hpp"

namespace quartz::server {
namespace {

constexpr int kZstdLevel = 1;
constexpr int kGzipLevel = 6;

/// As good as the better levels of gzip, and as quick.
constexpr int kBrotliQuality = 4;
constexpr int kWeightMax = 1000;

// In thousandths: 500 for "q=0.5". Without a weight, and with one that is none, it is the most.
int weight_of(std::string_view parameters) noexcept {
  parameters = trimmed(parameters);
  if (!parameters.starts_with("q=") && !parameters.starts_with("Q=")) return kWeightMax;
  parameters = trimmed(parameters.substr(2));
  if (!parameters.starts_with('0')) return kWeightMax;
  parameters.remove_prefix(1);
  if (parameters.starts_with('.')) parameters.remove_prefix(1);
  int weight = 0;
  int unit = kWeightMax / 10;
  for (const char c : parameters.substr(0, 3)) {
    if (c < '0' || c > '9') break;
    weight += unit * (c - '0');
    unit /= 10;
  }
  return weight;
}

std::string_view name_of(ContentCoding coding) noexcept {
  switch (coding) {
    case ContentCoding::zstd:
      return "zstd";
    case ContentCoding::brotli:
      return "br";
    case ContentCoding::gzip:
      return "gzip";
    case ContentCoding::identity:
      break;
  }
  return "identity";
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

std::optional<std::string> brotli(const std::string& body) {
  std::size_t size = ::BrotliEncoderMaxCompressedSize(body.size());
  std::string coded(size, '\0');
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(body.data());
  if (size == 0 ||
      ::BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                              bytes, &size, reinterpret_cast<std::uint8_t*>(coded.data())) == 0) {
    return std::nullopt;
  }
  coded.resize(size);
  return coded;
}

std::optional<std::string> coded_by(ContentCoding coding, const std::string& body) {
  switch (coding) {
    case ContentCoding::zstd:
      return zstd(body);
    case ContentCoding::brotli:
      return brotli(body);
    case ContentCoding::gzip:
      return gzip(body);
    case ContentCoding::identity:
      break;
  }
  return std::nullopt;
}

}  // namespace

ContentCoding choose_coding(std::string_view accept_encoding) noexcept {
  constexpr std::array kCodings{ContentCoding::zstd, ContentCoding::brotli, ContentCoding::gzip};
  std::array<std::optional<int>, kCodings.size()> weights;
  std::optional<int> any;
  while (!accept_encoding.empty()) {
    const std::string_view part = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(part.size() + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(part.find(';'), part.size());
    const std::string_view name = trimmed(part.substr(0, semicolon));
    const int weight = weight_of(part.substr(std::min(semicolon + 1, part.size())));
    for (std::size_t i = 0; i < kCodings.size(); ++i) {
      if (is_same_word(name, name_of(kCodings[i]))) weights[i] = weight;
    }
    if (name == "*") any = weight;
  }
  ContentCoding best = ContentCoding::identity;
  int best_weight = 0;
  for (std::size_t i = 0; i < kCodings.size(); ++i) {
    const int weight = weights[i].value_or(any.value_or(0));
    if (weight <= best_weight) continue;
    best = kCodings[i];
    best_weight = weight;
  }
  return best;
}

void encode_body(Response& response, std::string_view accept_encoding) {
  if (response.body.size() < kCodedBodyBytesMin || !is_text(response.content_type)) return;
  for (const auto& [name, value] : response.headers) {
    if (name == "ETag") return;
  }
  response.with("Vary", "Accept-Encoding");
  const ContentCoding coding = choose_coding(accept_encoding);
  if (coding == ContentCoding::identity) return;
  auto coded = coded_by(coding, response.body);
  // Without memory for the coding the body goes out as it is.
  if (!coded || coded->size() >= response.body.size()) return;
  response.body = *std::move(coded);
  response.with("Content-Encoding", std::string(name_of(coding)));
}

}  // namespace quartz::server
