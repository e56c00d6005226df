#pragma once

#include <memory>

#include <boost/asio/ssl/context.hpp>

#include "quartz/client/client_config.hpp"
#include "quartz/client/client_result.hpp"

namespace quartz::client {

/// What connections are encrypted with: TLS 1.2 at least. `invalid_argument` names the option whose
/// file cannot be used.
ClientResult<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(
    const ClientTlsConfig& config);

}  // namespace quartz::client
