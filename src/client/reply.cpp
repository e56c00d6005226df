#include "quartz/client/reply.hpp"

#include <fmt/format.h>

namespace quartz {
namespace {

void append_elements(std::string& to, const Reply& reply) {
  const bool map = reply.kind() == ReplyKind::map;
  const bool array = reply.kind() == ReplyKind::array;
  to += array ? '[' : '{';
  bool key = true;
  for (std::size_t i = 0; const Reply& each : reply.elements()) {
    if (i++ != 0) to += map && !key ? ": " : ", ";
    to += each.to_string();
    key = !key;
  }
  to += array ? ']' : '}';
}

}  // namespace

std::string Reply::to_string() const {
  switch (kind_) {
    case ReplyKind::null:
      return "null";
    case ReplyKind::string:
      return fmt::format("\"{}\"", *text());
    case ReplyKind::error:
      return fmt::format("error \"{}\"", *text());
    case ReplyKind::integer:
      return fmt::format("{}", *integer());
    case ReplyKind::real:
      return fmt::format("{}", *real());
    case ReplyKind::boolean:
      return *boolean() ? "true" : "false";
    case ReplyKind::array:
    case ReplyKind::set:
    case ReplyKind::map:
      break;
  }
  std::string text;
  append_elements(text, *this);
  return text;
}

}  // namespace quartz
