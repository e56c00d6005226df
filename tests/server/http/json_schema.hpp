#pragma once

#include <string>

#include <boost/json/value.hpp>

namespace quartz::server {

/// What a value has against a schema; empty if nothing. Knows the part of JSON Schema that the
/// routes use: type, enum, properties, required, items, oneOf, minimum, minProperties,
/// maxProperties.
std::string violation(const boost::json::value& schema, const boost::json::value& value,
                      const std::string& place = "$");

}  // namespace quartz::server
