#pragma once

#include <string>
#include <string_view>

#include "server/http/response.hpp"

namespace quartz::server {

/// What surrounds a response on its connection.
struct ResponseFrame {
  bool keep_alive = true;
  bool http_1_0 = false;
  bool head_only = false;  ///< Answers HEAD: everything but the body.
  std::string_view request_id = {};
};

/// Appends the bytes of a response. Bodies have a length, and none is chunked; one with a stream
/// ends with the connection, which must not be kept alive.
void append_response(std::string& to, const Response& response, const ResponseFrame& frame);

/// The value of a Date header as of now, made once a second. Threads: any.
std::string_view http_date();

}  // namespace quartz::server
