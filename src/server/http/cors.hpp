#pragma once

#include "quartz/server/server_config.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"

namespace quartz::server {

/// Whether a request asks, before the real one, whether a web page may send it.
bool is_preflight(const Request& request) noexcept;

/// Whether a page that may not use the interface wants to change something. Browsers send some
/// POST requests of any page without asking first, and a server on a loopback address is within
/// reach of every page that its user opens. Pages that the server itself sent may.
bool is_foreign_write(const CorsConfig& config, const Request& request);

/// Whether a page cannot have had the name in `Host` lead to this server. One that can, and lets it
/// lead to a loopback address once it is loaded, is of the same origin as the server to a browser,
/// which then lets it read everything. Trusted are loopback names, addresses, hosts of `origins`,
/// and none at all, as HTTP/1.0 may have it.
bool is_trusted_host(const CorsConfig& config, const Request& request);

/// Adds what tells a browser that the page the request comes from may read the response; nothing
/// for pages that are not allowed, or requests that come from none.
void allow_origin(const CorsConfig& config, const Request& request, Response& response);

/// The answer to a preflight: what the page may send, or nothing.
Response preflight_response(const CorsConfig& config, const Request& request);

}  // namespace quartz::server
