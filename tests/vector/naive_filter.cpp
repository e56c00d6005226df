#include "vector/naive_filter.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "quartz/vector/filter_value.hpp"

namespace quartz {
namespace {

namespace json = boost::json;
using protocol::FilterPath;

void collect(const json::value& value, std::span<const std::string> names,
             std::vector<json::value>& found) {
  if (value.is_array()) {
    if (names.empty()) found.push_back(value);
    for (const json::value& element : value.get_array()) collect(element, names, found);
  } else if (names.empty()) {
    found.push_back(value);
  } else if (value.is_object()) {
    const auto* member =
        value.get_object().if_contains(json::string_view(names[0].data(), names[0].size()));
    if (member != nullptr) collect(*member, names.subspan(1), found);
  }
}

// A long double holds every integer of 64 bits and every double.
std::optional<long double> number_of(const json::value& value) {
  if (value.is_int64()) return static_cast<long double>(value.get_int64());
  if (value.is_uint64()) return static_cast<long double>(value.get_uint64());
  if (value.is_double()) return static_cast<long double>(value.get_double());
  return std::nullopt;
}

json::value json_of(const FilterValue& value) {
  struct Convert {
    json::value operator()(std::monostate) const { return nullptr; }
    json::value operator()(bool truth) const { return truth; }
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(std::uint64_t number) const { return number; }
    json::value operator()(double number) const { return number; }
    json::value operator()(const std::string& text) const {
      return json::value(json::string_view(text.data(), text.size()));
    }
  };
  return std::visit(Convert{}, value.variant());
}

// -1, 0 or 1; nothing for what has no order.
std::optional<int> order(const json::value& a, const json::value& b) {
  if (const auto x = number_of(a), y = number_of(b); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
  if (a.is_string() && b.is_string()) {
    const int order = a.get_string().compare(b.get_string());
    return order < 0 ? -1 : order > 0 ? 1 : 0;
  }
  return std::nullopt;
}

std::string_view text_of(const json::value& value) {
  return {value.get_string().data(), value.get_string().size()};
}

bool equal(const json::value& a, const json::value& b) {
  if (const auto compared = order(a, b)) return *compared == 0;
  if (a.is_null() && b.is_null()) return true;
  return a.is_bool() && b.is_bool() && a.get_bool() == b.get_bool();
}

struct NaiveEvaluator {
  std::string_view id;
  const json::value& payload;

  std::vector<json::value> values(const FilterPath& path) const {
    std::vector<json::value> found;
    if (path.is_id()) {
      found.emplace_back(json::string_view(id.data(), id.size()));
    } else {
      collect(payload, path.names, found);
    }
    return found;
  }
  bool equals(const FilterPath& path, const FilterValue& value) const {
    const auto found = values(path);
    if (value.is_null() && found.empty()) return true;
    return std::ranges::any_of(found, [&](const auto& one) { return equal(one, json_of(value)); });
  }

  bool operator()(const protocol::ConstantFilter& filter) const { return filter.value; }
  bool operator()(const protocol::ComparisonFilter& filter) const {
    if (filter.relation == FilterRelation::equal) return equals(filter.path, filter.value);
    if (filter.relation == FilterRelation::not_equal) return !equals(filter.path, filter.value);
    for (const json::value& one : values(filter.path)) {
      const auto compared = order(one, json_of(filter.value));
      if (!compared) continue;
      if (filter.relation == FilterRelation::less && *compared < 0) return true;
      if (filter.relation == FilterRelation::less_or_equal && *compared <= 0) return true;
      if (filter.relation == FilterRelation::greater && *compared > 0) return true;
      if (filter.relation == FilterRelation::greater_or_equal && *compared >= 0) return true;
    }
    return false;
  }
  bool operator()(const protocol::MembershipFilter& filter) const {
    return std::ranges::any_of(filter.values,
                               [&](const auto& value) { return equals(filter.path, value); });
  }
  bool operator()(const protocol::ExistenceFilter& filter) const {
    return !values(filter.path).empty();
  }
  bool operator()(const protocol::PrefixFilter& filter) const {
    return std::ranges::any_of(values(filter.path), [&](const json::value& one) {
      return one.is_string() && text_of(one).starts_with(filter.prefix);
    });
  }
  bool operator()(const protocol::ConjunctionFilter& filter) const {
    return std::ranges::all_of(filter.operands,
                               [&](const auto& one) { return std::visit(*this, one->form); });
  }
  bool operator()(const protocol::DisjunctionFilter& filter) const {
    return std::ranges::any_of(filter.operands,
                               [&](const auto& one) { return std::visit(*this, one->form); });
  }
  bool operator()(const protocol::NegationFilter& filter) const {
    return !std::visit(*this, filter.operand->form);
  }
  bool operator()(const protocol::InvalidFilter&) const { return false; }
};

}  // namespace

bool naively_matches(const protocol::FilterExpression& filter, std::string_view id,
                     std::string_view payload) {
  const json::value document = payload.empty()
                                   ? json::value(json::object())
                                   : json::parse(json::string_view(payload.data(), payload.size()));
  return std::visit(NaiveEvaluator{id, document}, filter.form);
}

}  // namespace quartz
