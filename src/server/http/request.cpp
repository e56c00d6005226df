#include "server/http/request.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace quartz::server {
namespace {

// A connection that once sent something large shall not hold on to its memory.
constexpr std::size_t kBodyBytesKept = std::size_t{64} << 10;

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::put:
      return "PUT";
    case Method::post:
      return "POST";
    case Method::remove:
      return "DELETE";
    case Method::patch:
      return "PATCH";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "OTHER";
}

std::string_view Request::header(std::string_view name) const noexcept {
  for (const Header& header : headers) {
    if (is_same_word(header.name, name)) return header.value;
  }
  return {};
}

bool Request::has_header(std::string_view name) const noexcept { return count_headers(name) > 0; }

std::size_t Request::count_headers(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const Header& header) { return is_same_word(header.name, name); }));
}

void Request::clear() {
  method = Method::other;
  target = path = query = request_id = {};
  headers.clear();
  arguments.clear();
  route = nullptr;
  body.clear();
  if (body.capacity() > kBodyBytesKept) body.shrink_to_fit();
  keep_alive = true;
  http_1_0 = expects_continue = false;
  head_.clear();
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace quartz::server
