#pragma once

#include <functional>
#include <string_view>

#include "server/auth/users.hpp"
#include "server/http/route_table.hpp"

namespace quartz::server {

/// Users of the database, for administrators. Outlives the requests; threads: any.
class KeyRoutes {
 public:
  /// `changed` is told of each change, with the name of the user that is no more, to end his
  /// connections; an empty name if none was revoked.
  KeyRoutes(Users& users, std::function<void(std::string_view revoked)> changed)
      : users_(users), changed_(std::move(changed)) {}

  void add_to(RouteTable& table);

 private:
  Response list() const;
  Response create(const Request& request);
  Response rotate(const Request& request);
  Response revoke(const Request& request);

  Users& users_;
  const std::function<void(std::string_view revoked)> changed_;
};

}  // namespace quartz::server
