#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace quartz {

/// Whether carrying a request out twice is as good as once, in what is stored and in the answer.
enum class Idempotency : std::uint8_t {
  by_command,  ///< What is known of the command: GET and SET are, INCR and commands unknown are
               ///< not.
  yes,         ///< It is: may be repeated although the server may have carried it out.
  no,          ///< It is not.
  by_key,      ///< It is, for the client gives each of its commands that writes a key, by which a
               ///< server of Quartz knows it again and carries it out once (QUARTZ.ONCE); others
               ///< reject it. What may not have a key is told in docs/api/resp.md.
};

/// How new what is read has to be, for a client with a near cache.
enum class Consistency : std::uint8_t {
  near,    ///< As new as `NearCacheConfig` says: what the client has kept will do.
  newest,  ///< The server is asked.
};

/// How one request differs from what `ClientConfig` says.
struct RequestOptions {
  /// Instead of `ClientConfig::request_timeout`. 0: none.
  std::optional<std::chrono::milliseconds> timeout = {};
  /// Besides: the earlier of the two counts.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  Idempotency idempotency = Idempotency::by_command;  ///< Whether it may be repeated.
  Consistency consistency = Consistency::near;        ///< Whether the near cache may answer.
};

}  // namespace quartz
