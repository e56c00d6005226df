#pragma once

#include <string>

#include "server/transport/task.hpp"

namespace quartz::server {

/// A body that goes on until somebody ends it. Belongs to the executor of the request's connection.
class ResponseStream {
 public:
  ResponseStream() = default;
  ResponseStream(const ResponseStream&) = delete;
  ResponseStream& operator=(const ResponseStream&) = delete;
  virtual ~ResponseStream() = default;

  /// Waits for the next bytes; none at the end.
  virtual Task<std::string> next() = 0;
  /// Nobody wants more: the client has gone, or the server stops. `next` returns at once, then and
  /// whenever it is called again.
  virtual void end() noexcept = 0;
};

}  // namespace quartz::server
