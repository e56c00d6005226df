#include "bench/report/json_node.hpp"

#include <cmath>
#include <limits>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::bench {
namespace {

namespace json = boost::json;

std::string_view kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return "a number";
    case json::kind::string:
      return "a text";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "nothing known";
}

/// A name as RFC 6901 has it in a pointer.
std::string escaped(std::string_view token) {
  std::string text;
  for (const char c : token) {
    if (c == '~') {
      text += "~0";
    } else if (c == '/') {
      text += "~1";
    } else {
      text += c;
    }
  }
  return text;
}

std::string_view view_of(json::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Error JsonNode::fault(std::string_view what) const {
  return {Errc::corruption,
          fmt::format("{}: {}", pointer_.empty() ? "the document" : pointer_, what)};
}

Error JsonNode::is_no(std::string_view wanted) const {
  return fault(fmt::format("is {}, not {}", kind_of(*value_), wanted));
}

JsonNode JsonNode::below(const json::value& value, std::string_view token) const {
  return {value, pointer_ + "/" + escaped(token)};
}

Result<JsonNode> JsonNode::member(std::string_view name) const {
  const json::object* object = value_->if_object();
  if (object == nullptr) return is_no("an object");
  const json::value* found = object->if_contains(json::string_view(name.data(), name.size()));
  if (found == nullptr) return fault(fmt::format("has no '{}'", name));
  return below(*found, name);
}

Result<std::vector<JsonNode>> JsonNode::elements() const {
  const json::array* array = value_->if_array();
  if (array == nullptr) return is_no("an array");
  std::vector<JsonNode> nodes;
  for (const json::value& element : *array) {
    nodes.push_back(below(element, std::to_string(nodes.size())));
  }
  return nodes;
}

Result<std::string> JsonNode::as_text() const {
  const json::string* text = value_->if_string();
  if (text == nullptr) return is_no("a text");
  return std::string(text->data(), text->size());
}

Result<double> JsonNode::as_number() const {
  if (!value_->is_number()) return is_no("a number");
  const double number = value_->to_number<double>();
  if (!std::isfinite(number)) return fault("is larger than any number that can be read");
  if (number < 0) return fault("is negative");
  return number;
}

Result<std::string> JsonNode::text(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  return node.as_text();
}

Result<std::uint64_t> JsonNode::count(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  const json::value& value = *node.value_;
  if (value.is_uint64()) return value.get_uint64();
  if (value.is_int64() && value.get_int64() >= 0) {
    return static_cast<std::uint64_t>(value.get_int64());
  }
  if (value.is_number()) return node.fault("is not a whole number of zero or more");
  return node.is_no("a number");
}

Result<unsigned> JsonNode::small_count(std::string_view name) const {
  QUARTZ_ASSIGN(const std::uint64_t number, count(name));
  constexpr auto kMost = std::numeric_limits<unsigned>::max();
  if (number <= kMost) return static_cast<unsigned>(number);
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  return node.fault(fmt::format("is {}, more than {}", number, kMost));
}

Result<double> JsonNode::number(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  return node.as_number();
}

Result<std::optional<double>> JsonNode::number_or_null(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  if (node.value_->is_null()) return std::optional<double>();
  QUARTZ_ASSIGN(const double number, node.as_number());
  return std::optional(number);
}

Result<std::vector<double>> JsonNode::numbers(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  QUARTZ_ASSIGN(const std::vector<JsonNode> nodes, node.elements());
  std::vector<double> numbers;
  for (const JsonNode& element : nodes) {
    QUARTZ_ASSIGN(const double number, element.as_number());
    numbers.push_back(number);
  }
  return numbers;
}

Result<std::map<std::string, std::string>> JsonNode::texts(std::string_view name) const {
  QUARTZ_ASSIGN(const JsonNode node, member(name));
  const json::object* object = node.value_->if_object();
  if (object == nullptr) return node.is_no("an object");
  std::map<std::string, std::string> texts;
  for (const auto& entry : *object) {
    const std::string_view key = view_of(entry.key());
    QUARTZ_ASSIGN(texts[std::string(key)], node.below(entry.value(), key).as_text());
  }
  return texts;
}

}  // namespace quartz::bench
