#include "bench/report/json_text.hpp"

#include <cmath>
#include <iterator>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace quartz::bench {
namespace {

namespace json = boost::json;

/// What stands before an element that lies `depth` deep and is not the first, or after the last.
void break_line(std::string& text, bool lines, unsigned depth) {
  if (lines) text += "\n" + std::string(std::size_t{2} * depth, ' ');
}

void append(std::string& text, const json::value& value, unsigned depth);

void append_object(std::string& text, const json::object& object, unsigned depth) {
  const bool lines = depth == 0 && !object.empty();
  std::string_view between;
  text += '{';
  for (const auto& member : object) {
    text += between;
    between = lines ? "," : ", ";
    break_line(text, lines, depth + 1);
    text += json::serialize(json::value(member.key()));
    text += ": ";
    append(text, member.value(), depth + 1);
  }
  break_line(text, lines, depth);
  text += '}';
}

void append_array(std::string& text, const json::array& array, unsigned depth) {
  const bool lines = depth <= 1 && !array.empty();
  std::string_view between;
  text += '[';
  for (const json::value& element : array) {
    text += between;
    between = lines ? "," : ", ";
    break_line(text, lines, depth + 1);
    append(text, element, depth + 1);
  }
  break_line(text, lines, depth);
  text += ']';
}

void append(std::string& text, const json::value& value, unsigned depth) {
  if (value.is_object()) {
    append_object(text, value.get_object(), depth);
  } else if (value.is_array()) {
    append_array(text, value.get_array(), depth);
  } else if (value.is_double()) {
    const double number = value.get_double();
    text += std::isfinite(number) ? fmt::format("{}", number) : "null";
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string text;
  append(text, value, 0);
  text += '\n';
  return text;
}

}  // namespace quartz::bench
