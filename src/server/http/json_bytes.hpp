#pragma once

#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::server {

/// Appends bytes as JSON: a string where they are UTF-8, else `{"b64": "…"}`, so that nothing is
/// lost.
void append_json_bytes(std::string& to, std::string_view bytes);

/// The value in a body such as `{"value": "text"}`, `{"value": {"b64": "…"}}` or `{"b64": "…"}`.
/// `invalid_argument` saying what is wrong with any other.
Result<std::string> value_of_json(std::string_view body);

}  // namespace quartz::server
