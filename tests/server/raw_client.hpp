#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace quartz::server {

/// A response as it came over the wire.
struct RawResponse {
  int status = 0;  // 0: the connection ended first.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  /// The first header of that name, in exactly that case; empty if there is none.
  std::string header(std::string_view name) const;
};

inline void PrintTo(const RawResponse& response, std::ostream* to) {
  *to << response.status << ' ' << response.body;
}

/// A blocking TCP connection to this machine that sends exactly the bytes it is told. Reads give
/// up after ten seconds, as if the peer had gone.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(RawClient&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient();

  /// False once the peer has gone.
  bool send(std::string_view bytes);
  /// No more will be sent.
  void finish_sending();
  /// The next response; of one that answers HEAD, without waiting for a body.
  RawResponse receive(bool head = false);
  /// Exactly that many bytes, or fewer at the end.
  std::string receive_bytes(std::size_t count);
  /// All that comes until the peer ends the connection.
  std::string receive_rest();
  /// Whether the peer ends the connection without a further byte, and soon.
  bool is_ended() { return receive_rest().empty() && ended_; }

  /// What has arrived already and was not asked for yet.
  const std::string& buffered() const noexcept { return buffer_; }
  int descriptor() const noexcept { return descriptor_; }

 private:
  bool fill();

  int descriptor_ = -1;
  bool ended_ = false;
  std::string buffer_;
};

/// One request on a connection of its own.
RawResponse fetch(std::uint16_t port, std::string_view method, std::string_view target,
                  std::string_view headers = {}, std::string_view body = {});

/// A request's bytes; `headers` are whole lines, each with its line end.
std::string request_text(std::string_view method, std::string_view target,
                         std::string_view headers = {}, std::string_view body = {});

}  // namespace quartz::server
