#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/server/server_config.hpp"
#include "server/auth/grants.hpp"
#include "server/auth/rate_limits.hpp"
#include "server/auth/users.hpp"
#include "server/transport/server_log.hpp"

namespace quartz::server {

/// Somebody who has said who he is. Never changes.
struct Identity {
  std::string user = {};
  Grants grants = {};
  SecretHash secret = {};     ///< The one of his secrets that he has shown.
  std::uint64_t version = 0;  ///< Of the users, when this was true.
};
using IdentityRef = std::shared_ptr<const Identity>;

/// Who may use a server, how much, and the log of what matters about it. Shared by all protocols.
///
/// Threads: any number at a time.
class AccessControl {
 public:
  /// All of them outlive this.
  AccessControl(Users& users, const AuthenticationConfig& config, const ServerLog& log) noexcept
      : users_(users), config_(config), log_(log) {}

  Users& users() noexcept { return users_; }
  /// Whether anybody has to say who he is: by configuration, or because there are users.
  bool required() const noexcept { return config_.required || users_.any(); }

  /// `invalid_argument` if it is nobody's secret, after the same work whether or not there is such
  /// a user; `busy` without any work if that address has tried in vain too often just now.
  /// `address` is without its port. What fails is logged.
  Result<IdentityRef> log_in(std::string_view user, std::string_view secret,
                             std::string_view address);
  /// The same identity as of now; null if the secret or the user is gone. Cost: a load as long as
  /// nothing has changed.
  Result<IdentityRef> renewed(const IdentityRef& identity) const;
  /// Whether what was let in as `identity`, which becomes the one of now, may go on; null is
  /// anybody, as long as nobody has to say who he is. One that cannot be looked up may not.
  bool lets_go_on(IdentityRef& identity) const;

  RateLimits& rates() noexcept { return rates_; }

  /// A line for the log. `action` is a name: "CONFIG SET", never what a client sent.
  void audit(std::string_view user, std::string_view address, std::string_view action) const;

 private:
  void note_failure(std::string_view user, bool known, std::string_view address);

  Users& users_;
  const AuthenticationConfig& config_;
  const ServerLog& log_;
  RateLimits rates_;
  RateLimits failures_;
};

/// "127.0.0.1:4711" and "[::1]:4711" without port and brackets.
std::string_view host_of(std::string_view address) noexcept;

}  // namespace quartz::server
