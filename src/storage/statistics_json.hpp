#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "quartz/storage/statistics_fields.hpp"

/// Statistics as JSON, for the tool and the server. In a header, so that the library needs no
/// Boost.JSON for those who show nothing.
namespace quartz {

template <class Struct>
boost::json::object json_of_statistics(const Struct& statistics);

template <class Value>
boost::json::value json_of_field(const Value& value) {
  if constexpr (std::is_arithmetic_v<Value> || std::is_same_v<Value, std::string>) {
    return boost::json::value(value);
  } else {
    return json_of_statistics(value);
  }
}

template <class Struct>
boost::json::value json_of_field(const std::vector<Struct>& all) {
  boost::json::array array;
  for (const Struct& each : all) array.push_back(json_of_statistics(each));
  return array;
}

/// Every field of a struct that `visit_fields` takes, each under its own name.
template <class Struct>
boost::json::object json_of_statistics(const Struct& statistics) {
  boost::json::object object;
  visit_fields(statistics, [&](std::string_view name, const auto& value) {
    object[name] = json_of_field(value);
  });
  return object;
}

}  // namespace quartz
