#pragma once

#include <cstddef>

#include "server/http/request.hpp"
#include "server/http/route.hpp"
#include "server/service/databases.hpp"

namespace quartz::server {

/// `?db=`: which of the numbered databases a request is about.
inline RouteParameter database_parameter() {
  return {.name = "db",
          .type = ParameterType::integer,
          .description = "Number of the database; 0 if not given.",
          .maximum = Databases::kCount - 1};
}

inline std::size_t database_number(const Request& request) {
  return static_cast<std::size_t>(request.arguments.number_or("db", 0));
}

}  // namespace quartz::server
