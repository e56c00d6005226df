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

/// Adds what tells a browser that the page the request comes from may read the response; nothing
/// for pages that are not allowed, or requests that come from none.
void allow_origin(const CorsConfig& config, const Request& request, Response& response);

/// The answer to a preflight: what the page may send, or nothing.
Response preflight_response(const CorsConfig& config, const Request& request);

}  // namespace quartz::server
