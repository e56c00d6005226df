#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/error.hpp"
#include "server/http/response_stream.hpp"

namespace quartz::server {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kNdjson = "application/x-ndjson";
inline constexpr std::string_view kProblemJson = "application/problem+json";
inline constexpr std::string_view kBytes = "application/octet-stream";
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
inline constexpr std::string_view kHtml = "text/html; charset=utf-8";

/// What a route answers. The session adds what concerns the connection: length, coding, date.
struct Response {
  int status = 200;
  std::string_view content_type = {};  // A constant; empty: no body.
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  /// Made of an error: the session puts the request's id into it.
  bool is_problem = false;
  /// Goes on behind `body`, until it ends and the connection with it. Null: there is no more.
  std::shared_ptr<ResponseStream> stream = {};

  Response& with(std::string name, std::string value) & {
    headers.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response&& with(std::string name, std::string value) && {
    headers.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
  }
};

/// "Not Found"; empty for a status that is not known.
std::string_view reason_phrase(int status) noexcept;

inline Response json_response(std::string body, int status = 200) {
  return {.status = status, .content_type = kJson, .body = std::move(body)};
}

}  // namespace quartz::server
