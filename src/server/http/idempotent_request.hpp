#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/try.hpp"
#include "quartz/result.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"
#include "server/http/route.hpp"
#include "server/service/idempotency_keys.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

inline constexpr std::string_view kIdempotencyHeader = "Idempotency-Key";

/// For routes that heed the header.
RouteParameter idempotency_parameter();
/// What such routes may answer beside their own.
RouteResponse idempotency_refusal();

/// The key that the request names, if it does. `invalid_argument` if that is none.
Result<std::optional<std::string_view>> idempotency_key_of(const Request& request);

/// A request that has a key, on its way through a transaction.
class IdempotentRequest {
 public:
  IdempotentRequest(IdempotencyKeys& keys, const Request& request, std::string_view key);
  IdempotentRequest(const IdempotentRequest&) = delete;
  IdempotentRequest& operator=(const IdempotentRequest&) = delete;

  /// The response, if it must not be carried out: that of before, or a refusal.
  Result<std::optional<Response>> find(Transaction& transaction) const;
  /// Of one that was carried out.
  void remember(Transaction& transaction, const Response& response);

 private:
  IdempotencyKeys& keys_;
  std::string content_;
  KeyedRequest request_;
};

/// Runs `operation(DatabaseView&)`, which answers a Result<Response> and has written nothing if the
/// status is none of success, unless it was carried out for a request with the same key.
template <class Operation>
Result<Response> run_once(Service& service, DatabaseView& view, const Request& request,
                          Operation&& operation) {
  QUARTZ_ASSIGN(const auto key, idempotency_key_of(request));
  if (!key) return operation(view);
  IdempotentRequest keyed(service.idempotency_keys(), request, *key);
  QUARTZ_ASSIGN(auto before, keyed.find(view.transaction()));
  if (before) return *std::move(before);
  QUARTZ_ASSIGN(Response response, operation(view));
  if (response.status < 300) keyed.remember(view.transaction(), response);
  return response;
}

}  // namespace quartz::server
