#pragma once

#include <string>

#include "server/http/route_table.hpp"

namespace quartz::server {

/// The document of all routes in OpenAPI 3.1, as JSON.
std::string open_api(const RouteTable& table);

/// The same for people: one page of HTML that fetches nothing from elsewhere.
std::string docs_page(const RouteTable& table);

/// Adds `/openapi.json` and `/docs`, which describe whatever is in the table by then and
/// themselves. To be called last; the table outlives the requests.
void add_document_routes(RouteTable& table);

}  // namespace quartz::server
