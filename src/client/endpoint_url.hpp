#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "quartz/client/client_result.hpp"

namespace quartz::client {

/// Where a server is, and who asks it.
struct EndpointUrl {
  bool local = false;  // Of a server in this process; nothing else is set then.
  bool encrypted = false;
  std::string host = {};  // A name or an address; one of IPv6 without brackets.
  std::uint16_t port = 0;
  std::string user = {};    // Empty: the server's default user.
  std::string secret = {};  // Empty: nobody is authenticated.

  /// "127.0.0.1:7379", "[::1]:7379", "this process". Nothing secret.
  std::string address() const;
};

/// `quartz://[user:secret@]host[:port]`, or with `quartzs`, `redis` or `rediss`. Names and secrets
/// may be percent-encoded. `invalid_argument` says what is wrong, and never a secret.
ClientResult<EndpointUrl> parse_endpoint_url(std::string_view url);

}  // namespace quartz::client
