#pragma once

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/http/route.hpp"

namespace quartz::server {

/// All routes, and the way from a request to its own. Filled before the first request; afterwards
/// any number of threads may look. Cost of a look: one comparison for each segment of the path.
class RouteTable {
 public:
  RouteTable();
  RouteTable(const RouteTable&) = delete;
  RouteTable& operator=(const RouteTable&) = delete;
  ~RouteTable();

  /// A second route of the same method and path is a programmer's error.
  void add(Route route);
  const std::deque<Route>& routes() const noexcept { return routes_; }

  /// The route of a request, whose arguments are filled in; or what to answer instead: 404, 405
  /// with `Allow`, 400 naming the parameter that is wrong, 413 or 415 for a body that has no place.
  std::variant<const Route*, Response> choose(Request& request) const;
  /// Why the route does not take the request's body; nothing if it does.
  static std::optional<Response> body_refusal(const Request& request, const Route& route);

 private:
  struct Node;

  static bool match(const Node*& node, Request& request, std::vector<std::string>& captured);

  std::deque<Route> routes_;  // Which do not move.
  std::unique_ptr<Node> root_;
};

}  // namespace quartz::server
