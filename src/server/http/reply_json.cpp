#include "server/http/reply_json.hpp"

#include <string_view>

#include "protocol/base64.hpp"
#include "server/http/json_bytes.hpp"

namespace quartz::server {
namespace {

using protocol::RespNode;
using protocol::RespType;
using Nodes = std::span<const RespNode>;

// How many nodes the one at `at` takes with all that it holds.
std::size_t extent(Nodes nodes, std::size_t at) {
  std::size_t awaited = 1;
  std::size_t end = at;
  while (awaited > 0 && end < nodes.size()) {
    const RespNode& node = nodes[end++];
    // An attribute is followed by the node that it speaks of, which is still awaited.
    if (node.type != RespType::attribute) --awaited;
    awaited += node.children;
  }
  return end - at;
}

// Where the value behind attributes is.
std::size_t behind_attributes(Nodes nodes) {
  std::size_t at = 0;
  while (at < nodes.size() && nodes[at].type == RespType::attribute) {
    std::size_t next = at + 1;
    for (std::size_t child = 0; child < nodes[at].children; ++child) next += extent(nodes, next);
    at = next;
  }
  return at;
}

Nodes value_of(Nodes nodes) { return nodes.subspan(behind_attributes(nodes)); }

void append_text(std::string& to, const RespNode& node, ReplyTexts texts) {
  const bool is_ok = node.type == RespType::simple && node.text == "OK";
  if (texts == ReplyTexts::plain || is_ok || is_error({&node, 1})) {
    append_json_bytes(to, node.text);
  } else {
    to.append("\"").append(protocol::to_base64(node.text)).append("\"");
  }
}

bool is_json_number(std::string_view text) noexcept {
  return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
         text.front() != '+' && text.front() != '.';
}

void append_children(std::string& to, Nodes nodes, ReplyTexts texts) {
  to += '[';
  std::size_t at = 1;
  for (std::size_t child = 0; child < nodes.front().children; ++child) {
    const std::size_t count = extent(nodes, at);
    if (child > 0) to += ',';
    append_reply(to, nodes.subspan(at, count), texts);
    at += count;
  }
  to += ']';
}

}  // namespace

bool is_error(Nodes reply) noexcept {
  const RespType type = reply.front().type;
  return type == RespType::error || type == RespType::bulk_error;
}

void append_reply(std::string& to, Nodes reply, ReplyTexts texts) {
  const Nodes nodes = value_of(reply);
  const RespNode& node = nodes.front();
  switch (node.type) {
    case RespType::null:
      to += "null";
      return;
    case RespType::boolean:
      to += node.text == "t" ? "true" : "false";
      return;
    case RespType::integer:
      to += node.text;
      return;
    case RespType::real:
      if (!is_json_number(node.text)) break;
      to += node.text;
      return;
    case RespType::array:
    case RespType::map:
    case RespType::set:
    case RespType::push:
      append_children(to, nodes, texts);
      return;
    default:
      break;
  }
  append_text(to, node, texts);
}

void append_outcome(std::string& to, Nodes reply, ReplyTexts texts) {
  to += is_error(value_of(reply)) ? "{\"error\":" : "{\"result\":";
  append_reply(to, reply, texts);
  to += '}';
}

void append_outcomes(std::string& to, Nodes array, ReplyTexts texts) {
  to += '[';
  std::size_t at = 1;
  for (std::size_t child = 0; child < array.front().children; ++child) {
    const std::size_t count = extent(array, at);
    if (child > 0) to += ',';
    append_outcome(to, array.subspan(at, count), texts);
    at += count;
  }
  to += ']';
}

std::string error_outcome(std::string_view why) {
  std::string text = "{\"error\":";
  append_json_bytes(text, why);
  text += '}';
  return text;
}

}  // namespace quartz::server
