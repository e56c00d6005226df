#pragma once

#include <functional>
#include <string_view>

#include "server/auth/users.hpp"
#include "server/http/route_table.hpp"

namespace quartz::server {

/// Users of the database, for administrators. Outlives the requests; threads: any.
class KeyRoutes {
 public:
  /// `revoked` is told of each user that is no more, to end his connections.
  KeyRoutes(Users& users, std::function<void(std::string_view user)> revoked)
      : users_(users), revoked_(std::move(revoked)) {}

  void add_to(RouteTable& table);

 private:
  Response list() const;
  Response create(const Request& request);
  Response rotate(const Request& request);
  Response revoke(const Request& request);

  Users& users_;
  const std::function<void(std::string_view user)> revoked_;
};

}  // namespace quartz::server
