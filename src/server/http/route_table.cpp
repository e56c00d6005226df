#include "server/http/route_table.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/check.hpp"
#include "server/http/percent_encoding.hpp"
#include "server/http/problem.hpp"

namespace quartz::server {

struct RouteTable::Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> children;
  std::unique_ptr<Node> parameter;  // For any segment that is not empty.
  std::array<const Route*, static_cast<std::size_t>(Method::other) + 1> routes = {};

  const Route*& route(Method method) { return routes[static_cast<std::size_t>(method)]; }
  const Route* route(Method method) const { return routes[static_cast<std::size_t>(method)]; }
  bool has_routes() const {
    return std::ranges::any_of(routes, [](const Route* route) { return route != nullptr; });
  }
  Node* child(std::string_view segment) const {
    for (const auto& [name, node] : children) {
      if (name == segment) return node.get();
    }
    return nullptr;
  }
};

namespace {

// The segment at the front of a path that begins with a slash, which is taken off.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

Response bad_parameter(const RouteParameter& parameter, std::string_view what) {
  return problem_response(400, fmt::format("{} {}", parameter.name, what));
}

std::optional<std::uint64_t> number_of(const RouteParameter& parameter, std::string_view text) {
  if (parameter.type == ParameterType::boolean) {
    if (text.empty() || text == "true" || text == "1") return 1;
    if (text == "false" || text == "0") return 0;
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (number < parameter.minimum || number > parameter.maximum) return std::nullopt;
  return number;
}

// Nothing if the argument is what its declaration wants.
std::optional<Response> add_argument(Request& request, const RouteParameter& parameter,
                                     std::string text) {
  if (request.arguments.has(parameter.name)) return bad_parameter(parameter, "is given twice");
  std::uint64_t number = 0;
  if (parameter.type == ParameterType::text) {
    if (parameter.maximum > 0 && text.size() > parameter.maximum) {
      return bad_parameter(parameter, fmt::format("is longer than {} bytes", parameter.maximum));
    }
  } else {
    const auto parsed = number_of(parameter, text);
    if (!parsed) {
      return bad_parameter(parameter, parameter.type == ParameterType::boolean
                                          ? "is neither true nor false"
                                          : fmt::format("is no number from {} to {}",
                                                        parameter.minimum, parameter.maximum));
    }
    number = *parsed;
  }
  request.arguments.add(parameter.name, std::move(text), number);
  return std::nullopt;
}

std::optional<Response> add_query(Request& request, const Route& route) {
  auto query = parse_query(request.query);
  if (!query) return problem_response(400, "the query has a malformed escape");
  for (auto& [name, value] : *query) {
    const auto declared = std::ranges::find_if(route.parameters, [&](const auto& parameter) {
      return parameter.place == ParameterPlace::query && parameter.name == name;
    });
    if (declared == route.parameters.end()) {
      return problem_response(
          400, fmt::format("there is no query parameter \"{}\" here", percent_encoded(name)));
    }
    if (auto refusal = add_argument(request, *declared, std::move(value))) return refusal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Response> RouteTable::body_refusal(const Request& request, const Route& route) {
  if (request.body.empty()) return std::nullopt;
  if (route.body.empty()) return problem_response(413, "this request takes no body");
  const std::string_view whole = request.header("Content-Type");
  const std::string_view type = trimmed(whole.substr(0, whole.find(';')));
  // Without a type, and with the one that curl gives to everything, bytes are bytes.
  const bool bytes_are_fine = std::ranges::any_of(
      route.body, [](const BodyForm& form) { return form.content_type == kBytes; });
  if (bytes_are_fine) return std::nullopt;
  for (const BodyForm& form : route.body) {
    if (is_same_word(type, form.content_type)) return std::nullopt;
  }
  return problem_response(415, fmt::format("the body must be {}", route.body.front().content_type));
}

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

void RouteTable::add(Route route) {
  routes_.push_back(std::move(route));
  routes_.back().index = routes_.size() - 1;
  const Route& added = routes_.back();
  Node* node = root_.get();
  for (std::string_view path = added.path; !path.empty();) {
    const std::string_view segment = take_segment(path);
    if (segment.starts_with('{')) {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    } else {
      Node* next = node->child(segment);
      if (next == nullptr) {
        next = node->children.emplace_back(segment, std::make_unique<Node>()).second.get();
      }
      node = next;
    }
  }
  QUARTZ_CHECK(node->route(added.method) == nullptr);
  node->route(added.method) = &added;
}

// Goes down along the path; false if an escape in it is malformed, a null node if nothing is there.
bool RouteTable::match(const Node*& node, Request& request, std::vector<std::string>& captured) {
  for (std::string_view path = request.path; node != nullptr && !path.empty();) {
    if (!path.starts_with('/')) {
      node = nullptr;  // The asterisk of `OPTIONS *`.
      break;
    }
    const std::string_view segment = take_segment(path);
    if (const Node* const child = node->child(segment)) {
      node = child;
    } else if (node->parameter && !segment.empty()) {
      auto text = percent_decoded(segment);
      if (!text) return false;
      captured.push_back(*std::move(text));
      node = node->parameter.get();
    } else {
      node = nullptr;
    }
  }
  return true;
}

std::variant<const Route*, Response> RouteTable::choose(Request& request) const {
  const Node* node = root_.get();
  std::vector<std::string> captured;
  if (!match(node, request, captured)) {
    return problem_response(400, "the path has a malformed escape");
  }
  if (node == nullptr || !node->has_routes()) {
    return problem_response(404, "there is nothing at this path; /docs lists what there is");
  }
  const Method method = request.method == Method::head ? Method::get : request.method;
  const Route* const route = node->route(method);
  if (route == nullptr) {
    std::string allowed = "OPTIONS";
    for (const Route* each : node->routes) {
      if (each == nullptr) continue;
      allowed.append(", ").append(to_string(each->method));
      if (each->method == Method::get) allowed += ", HEAD";
    }
    if (request.method == Method::options) return Response{.status = 204}.with("Allow", allowed);
    return problem_response(405, "this path does not take this method").with("Allow", allowed);
  }
  auto text = captured.begin();
  for (const RouteParameter& parameter : route->parameters) {
    if (parameter.place != ParameterPlace::path) continue;
    if (auto refusal = add_argument(request, parameter, std::move(*text++))) {
      return *std::move(refusal);
    }
  }
  if (auto refusal = add_query(request, *route)) return *std::move(refusal);
  if (auto refusal = body_refusal(request, *route)) return *std::move(refusal);
  return route;
}

}  // namespace quartz::server
