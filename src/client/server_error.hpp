#pragma once

#include <string_view>

#include "quartz/client/client_error.hpp"
#include "quartz/client/request_failure.hpp"

namespace quartz::client {

/// What an error that a server answers with means to whoever asked.
struct ServerError {
  ClientErrc code = ClientErrc::rejected;
  // Or `refused`, `throttled`: it may come later; or `lost`: the server does not know, either; or
  // `answered`.
  FailureKind kind = FailureKind::rejected;
};

/// `text`: as it was sent, "WRONGTYPE Operation against…".
ServerError read_server_error(std::string_view text) noexcept;

}  // namespace quartz::client
