#pragma once

#include <optional>
#include <simdjson.h>
#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::server {

/// A request's body as JSON, for routes where its size matters. What it holds lives until the next
/// one is parsed on the same thread, so it is taken over at once.
class JsonBody {
 public:
  /// `invalid_argument` for what is no JSON.
  Result<simdjson::dom::element> parse(std::string_view body);

 private:
  simdjson::dom::parser own_;  // Of large ones, whose memory no thread should hold on to.
};

// What a member has to be; `invalid_argument` naming it for anything else.
Result<bool> json_flag(std::string_view name, const simdjson::dom::element& value);
Result<std::uint64_t> json_number(std::string_view name, const simdjson::dom::element& value,
                                  std::uint64_t least, std::uint64_t most);
Result<double> json_real(std::string_view name, const simdjson::dom::element& value);
Result<std::string_view> json_text(std::string_view name, const simdjson::dom::element& value);
/// A string, or `{"b64": "…"}`.
Result<std::string> json_bytes(std::string_view name, const simdjson::dom::element& value);
Result<simdjson::dom::array> json_array(std::string_view name, const simdjson::dom::element& value);
/// An object of few members, each of which is there once: whoever reads it may count them.
Result<simdjson::dom::object> json_object(std::string_view name,
                                          const simdjson::dom::element& value);
Error unknown_member(std::string_view name);
Error invalid_body(std::string_view what);

}  // namespace quartz::server
