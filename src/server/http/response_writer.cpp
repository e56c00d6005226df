#include "server/http/response_writer.hpp"

#include <array>
#include <ctime>

#include <fmt/compile.h>
#include <fmt/format.h>

namespace quartz::server {
namespace {

void append_header(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ").append(value).append("\r\n");
}

// These have no body by their nature, and must not speak of its length.
bool is_bodiless(int status) noexcept { return status < 200 || status == 204 || status == 304; }

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

std::string_view http_date() {
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local std::time_t made_at = -1;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    made_at = now;
    std::tm utc = {};
    ::gmtime_r(&now, &utc);
    text = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                       kDays[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                       kMonths[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900,
                       utc.tm_hour, utc.tm_min, utc.tm_sec);
  }
  return text;
}

void append_response(std::string& to, const Response& response, const ResponseFrame& frame) {
  fmt::format_to(std::back_inserter(to), FMT_COMPILE("HTTP/1.{} {} {}\r\n"), frame.http_1_0 ? 0 : 1,
                 response.status, reason_phrase(response.status));
  append_header(to, "Date", http_date());
  if (!response.content_type.empty()) {
    append_header(to, "Content-Type", response.content_type);
    append_header(to, "X-Content-Type-Options", "nosniff");
  }
  for (const auto& [name, value] : response.headers) append_header(to, name, value);
  if (!frame.request_id.empty()) append_header(to, "X-Request-Id", frame.request_id);
  if (!frame.keep_alive) {
    append_header(to, "Connection", "close");
  } else if (frame.http_1_0) {
    append_header(to, "Connection", "keep-alive");
  }
  if (!is_bodiless(response.status) && !response.stream) {
    fmt::format_to(std::back_inserter(to), FMT_COMPILE("Content-Length: {}\r\n"),
                   response.body.size());
  }
  to += "\r\n";
  if (!frame.head_only && !is_bodiless(response.status)) to += response.body;
}

}  // namespace quartz::server
