#include "server/http/json_bytes.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>

#include "base/try.hpp"
#include "base/utf8.hpp"
#include "protocol/base64.hpp"
#include "server/http/json_body.hpp"

namespace quartz::server {
namespace {

constexpr std::string_view kWanted =
    "the body must be {\"value\": \"text\"} or {\"value\": {\"b64\": \"base64\"}}";

}  // namespace

void append_json_bytes(std::string& to, std::string_view bytes) {
  if (is_utf8(bytes)) {
    to += boost::json::serialize(boost::json::string_view(bytes.data(), bytes.size()));
  } else {
    to.append("{\"b64\":\"").append(protocol::to_base64(bytes)).append("\"}");
  }
}

Result<std::string> value_of_json(std::string_view body) {
  JsonBody json;
  QUARTZ_ASSIGN(const simdjson::dom::element root, json.parse(body));
  QUARTZ_ASSIGN(const simdjson::dom::object object, json_object("the body", root));
  if (object.size() == 1) {
    simdjson::dom::element value;
    if (object["value"].get(value) != simdjson::SUCCESS) value = root;
    if (auto bytes = json_bytes("value", value)) return bytes;
  }
  return Error(Errc::invalid_argument, std::string(kWanted));
}

}  // namespace quartz::server
