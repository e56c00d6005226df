#include "cli/shell/reply_text.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "cli/shell/harmless_lines.hpp"
#include "cli/shell/reply_json.hpp"
#include "cli/shell/words.hpp"
#include "cli/text_encoding.hpp"

namespace quartz::cli {
namespace {

using protocol::RespType;

std::string leaf_as_text(const ReplyTree& reply, const Style& style) {
  switch (reply.type) {
    case RespType::null:
      return style.faint("(nil)");
    case RespType::simple:
    case RespType::verbatim:
      return harmless_lines(reply.text);
    case RespType::error:
    case RespType::bulk_error:
      return style.bad("(error)") + " " + harmless_lines(reply.text);
    case RespType::integer:
      return style.faint("(integer)") + " " + reply.text;
    case RespType::real:
      return style.faint("(double)") + " " + reply.text;
    case RespType::big_number:
      return style.faint("(big number)") + " " + reply.text;
    case RespType::boolean:
      return reply.text == "t" ? "(true)" : "(false)";
    default:
      return in_quotes(reply.text);
  }
}

std::string_view name_of(RespType type) noexcept {
  switch (type) {
    case RespType::map:
      return "map";
    case RespType::set:
      return "set";
    case RespType::push:
      return "push";
    default:
      return "array";
  }
}

void append_text(std::string& to, const ReplyTree& reply, std::size_t indentation,
                 const Style& style);

// `1) "a"`, `1# "key" => "value"`, and below them what they hold, behind the number.
void append_elements(std::string& to, const ReplyTree& reply, std::size_t indentation,
                     const Style& style) {
  const bool map = reply.type == RespType::map;
  const std::size_t step = map ? 2 : 1;
  const std::size_t count = reply.elements.size() / step;
  const std::size_t width = fmt::format("{}", count).size();
  const char sign = map ? '#' : reply.type == RespType::set ? '~' : ')';
  for (std::size_t i = 0; i < count; ++i) {
    if (i != 0) to.append(indentation, ' ');
    const std::string number = fmt::format("{:>{}}{} ", i + 1, width, sign);
    to += style.faint(number);
    const ReplyTree* value = &reply.elements[i * step];
    std::size_t below = indentation + number.size();
    if (map) {
      append_text(to, *value, below, style);
      to.pop_back();
      to += " => ";
      value = &reply.elements[i * step + 1];
      // What a value holds stands below its key, not behind it, however long that is.
      const bool holds = value->is_aggregate() && !value->elements.empty();
      below += 3;
      if (holds) to.append("\n").append(below, ' ');
    }
    append_text(to, *value, below, style);
  }
}

void append_text(std::string& to, const ReplyTree& reply, std::size_t indentation,
                 const Style& style) {
  if (!reply.is_aggregate()) {
    to += leaf_as_text(reply, style) + '\n';
  } else if (reply.elements.empty()) {
    to += style.faint(fmt::format("(empty {})", name_of(reply.type))) + '\n';
  } else {
    append_elements(to, reply, indentation, style);
  }
}

void append_raw(std::string& to, const ReplyTree& reply) {
  if (reply.type == RespType::boolean) {
    to += reply.text == "t" ? "true\n" : "false\n";
  } else if (reply.is_aggregate()) {
    for (const ReplyTree& each : reply.elements) append_raw(to, each);
  } else {
    to += reply.text;
    // Text of several lines brings its last newline along.
    if (reply.type != RespType::verbatim || !reply.text.ends_with('\n')) to += '\n';
  }
}

}  // namespace

std::string reply_as(ReplyForm form, const ReplyTree& reply, const Style& style) {
  switch (form) {
    case ReplyForm::pretty:
      return reply_as_text(reply, style);
    case ReplyForm::raw:
      return reply_as_raw(reply);
    case ReplyForm::json:
      return reply_as_json(reply);
  }
  return {};
}

std::string reply_as_text(const ReplyTree& reply, const Style& style) {
  std::string text;
  append_text(text, reply, 0, style);
  return text;
}

std::string reply_as_raw(const ReplyTree& reply) {
  std::string text;
  append_raw(text, reply);
  return text;
}

}  // namespace quartz::cli
