#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/auth/access_control.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"
#include "server/http/route.hpp"

namespace quartz::server {

/// Who is at the other end of a connection of HTTP, and what he may do. He says so with each
/// request; what was verified once is not worked out again on the same connection.
///
/// Threads: one at a time.
class HttpPeer {
 public:
  /// `access` outlives this. `address` is with its port.
  HttpPeer(AccessControl& access, std::string_view address);

  /// 429 if his address asks for more than `limits.requests_per_second`; otherwise this is one
  /// more.
  std::optional<Response> rate_refusal();
  /// Nothing if the request may go on; 401, 403 or 429 if not. Afterwards `grants` are his.
  std::optional<Response> refusal_of(const Route& route, const Request& request);
  /// Tells the response how much he may still ask for.
  void tell_rate(Response& response) const;

  /// Of the request that was let in last, for routes whose keys are in the body.
  const Grants& grants() const noexcept;
  /// Empty: nobody has to say who he is.
  std::string_view user() const noexcept {
    return identity_ ? std::string_view(identity_->user) : "";
  }
  const IdentityRef& identity() const noexcept { return identity_; }
  /// With its port.
  const std::string& address() const noexcept { return address_; }
  const std::string& host() const noexcept { return host_; }

 private:
  std::optional<Response> identify(const Request& request);
  std::optional<Response> log_in(std::string_view credential);
  bool permits(const Route& route, const Request& request) const;

  AccessControl& access_;
  const std::string address_;
  const std::string host_;
  IdentityRef identity_;
  SecretHash verified_ = {};  // Digest of the credential behind the identity.
  std::shared_ptr<TokenBucket> address_bucket_;
  std::shared_ptr<TokenBucket> user_bucket_;
};

/// Whether somebody with these grants may do what `scope` says with these arguments: with the key
/// that is named, or all keys of the prefix.
bool permits_scope(const Grants& grants, std::string_view scope, const Arguments& arguments);

}  // namespace quartz::server
