#include "server/http/json_schema.hpp"

#include <algorithm>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace quartz::server {
namespace {

namespace json = boost::json;

bool is_of_type(std::string_view type, const json::value& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  return type == "number" && value.is_number();
}

bool has_type(const json::value& types, const json::value& value) {
  if (const auto* const one = types.if_string())
    return is_of_type({one->data(), one->size()}, value);
  return std::ranges::any_of(types.as_array(), [&](const json::value& type) {
    return is_of_type({type.as_string().data(), type.as_string().size()}, value);
  });
}

std::string violation_of_object(const json::object& schema, const json::object& object,
                                const std::string& place) {
  if (const auto* const required = schema.if_contains("required")) {
    for (const json::value& name : required->as_array()) {
      if (!object.contains(name.as_string())) {
        return place + " lacks " + std::string(name.as_string().c_str());
      }
    }
  }
  if (const auto* const least = schema.if_contains("minProperties")) {
    if (object.size() < least->to_number<std::size_t>()) return place + " has too few members";
  }
  if (const auto* const most = schema.if_contains("maxProperties")) {
    if (object.size() > most->to_number<std::size_t>()) return place + " has too many members";
  }
  const auto* const properties = schema.if_contains("properties");
  if (properties == nullptr) return {};
  for (const auto& [name, value] : object) {
    const auto* const property = properties->as_object().if_contains(name);
    // What is not described is no promise, and a mistake here.
    if (property == nullptr)
      return place + " has " + std::string(name) + ", which is not described";
    std::string wrong = violation(*property, value, place + "." + std::string(name));
    if (!wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace

std::string violation(const json::value& schema, const json::value& value,
                      const std::string& place) {
  const json::object& rules = schema.as_object();
  if (const auto* const type = rules.if_contains("type"); type && !has_type(*type, value)) {
    return place + " is " + json::serialize(value) + ", not " + json::serialize(*type);
  }
  if (const auto* const choices = rules.if_contains("enum")) {
    const auto& all = choices->as_array();
    if (std::ranges::find(all, value) == all.end()) return place + " is none of the choices";
  }
  if (const auto* const forms = rules.if_contains("oneOf")) {
    const auto fitting = std::ranges::count_if(forms->as_array(), [&](const json::value& form) {
      return violation(form, value, place).empty();
    });
    if (fitting != 1) return place + " fits not exactly one form";
  }
  if (const auto* const object = value.if_object()) {
    return violation_of_object(rules, *object, place);
  }
  const auto* const items = rules.if_contains("items");
  if (items == nullptr || !value.is_array()) return {};
  for (const json::value& each : value.as_array()) {
    std::string wrong = violation(*items, each, place + "[]");
    if (!wrong.empty()) return wrong;
  }
  return {};
}

}  // namespace quartz::server
