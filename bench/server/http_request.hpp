#pragma once

#include <string>

namespace quartz::bench {

/// One request over HTTP/1.1, as a load repeats it.
struct HttpRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string content_type = {};
  std::string body = {};
};

}  // namespace quartz::bench
