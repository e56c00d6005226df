#include "server/http/json_bytes.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/error_code.hpp>

#include "base/utf8.hpp"
#include "protocol/base64.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kWanted =
    "the body must be {\"value\": \"text\"} or {\"value\": {\"b64\": \"base64\"}}";

std::string_view view_of(const boost::json::string& text) { return {text.data(), text.size()}; }

}  // namespace

std::optional<std::string> bytes_of_json(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(view_of(*text));
  const auto* const object = value.if_object();
  if (object == nullptr || object->size() != 1) return std::nullopt;
  const auto* const coded = object->if_contains("b64");
  if (coded == nullptr || !coded->is_string()) return std::nullopt;
  return protocol::from_base64(view_of(coded->get_string()));
}

void append_json_bytes(std::string& to, std::string_view bytes) {
  if (is_utf8(bytes)) {
    to += boost::json::serialize(boost::json::string_view(bytes.data(), bytes.size()));
  } else {
    to.append("{\"b64\":\"").append(protocol::to_base64(bytes)).append("\"}");
  }
}

Result<std::string> value_of_json(std::string_view body) {
  boost::system::error_code error;
  // Nothing that is wanted here nests deeper.
  const boost::json::value parsed =
      boost::json::parse({body.data(), body.size()}, error, {}, {.max_depth = 8});
  if (error) {
    return Error(Errc::invalid_argument, "the body is no JSON: " + error.message());
  }
  const auto* const object = parsed.if_object();
  if (object != nullptr && object->size() == 1) {
    const auto* const value = object->if_contains("value");
    auto bytes = bytes_of_json(value != nullptr ? *value : parsed);
    if (bytes) return *std::move(bytes);
  }
  return Error(Errc::invalid_argument, std::string(kWanted));
}

}  // namespace quartz::server
