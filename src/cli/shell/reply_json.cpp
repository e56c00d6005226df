#include "cli/shell/reply_json.hpp"

#include <algorithm>
#include <string_view>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include "base/utf8.hpp"
#include "protocol/base64.hpp"

namespace quartz::cli {
namespace {

using protocol::RespType;

std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string(text));
}

std::string json_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return json_text(bytes);
  return fmt::format(R"({{"base64":{}}})", json_text(protocol::to_base64(bytes)));
}

// JSON knows no infinity, and few of its readers know long numbers.
std::string json_number(const ReplyTree& reply) {
  const bool finite = reply.text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  return finite && reply.type != RespType::big_number ? reply.text : json_text(reply.text);
}

bool has_text_keys(const ReplyTree& map) {
  for (std::size_t i = 0; i < map.elements.size(); i += 2) {
    const ReplyTree& key = map.elements[i];
    const bool text = key.type == RespType::bulk || key.type == RespType::simple;
    if (!text || !is_utf8(key.text)) return false;
  }
  return true;
}

void append_json(std::string& to, const ReplyTree& reply);

void append_json_map(std::string& to, const ReplyTree& map) {
  const bool object = has_text_keys(map);
  to += object ? '{' : '[';
  for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
    if (i != 0) to += ',';
    if (!object) to += '[';
    append_json(to, map.elements[i]);
    to += object ? ':' : ',';
    append_json(to, map.elements[i + 1]);
    if (!object) to += ']';
  }
  to += object ? '}' : ']';
}

void append_json(std::string& to, const ReplyTree& reply) {
  switch (reply.type) {
    case RespType::null:
      to += "null";
      return;
    case RespType::boolean:
      to += reply.text == "t" ? "true" : "false";
      return;
    case RespType::integer:
    case RespType::real:
    case RespType::big_number:
      to += json_number(reply);
      return;
    case RespType::error:
    case RespType::bulk_error:
      to += fmt::format(R"({{"error":{}}})", json_bytes(reply.text));
      return;
    case RespType::map:
      return append_json_map(to, reply);
    default:
      break;
  }
  if (!reply.is_aggregate()) {
    to += json_bytes(reply.text);
    return;
  }
  to += '[';
  for (const ReplyTree& each : reply.elements) {
    if (&each != &reply.elements.front()) to += ',';
    append_json(to, each);
  }
  to += ']';
}

}  // namespace

std::string reply_as_json(const ReplyTree& reply) {
  std::string json;
  append_json(json, reply);
  return json + '\n';
}

}  // namespace quartz::cli
