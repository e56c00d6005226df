#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "quartz/result.hpp"
#include "server/http/request.hpp"
#include "server/http/response.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server {

/// What PATCH does to a value, as its body says.
struct KeyPatch {
  struct Append {
    std::string suffix;
  };
  struct Increment {
    std::variant<std::int64_t, long double> by;
  };
  struct Expire {
    std::optional<std::chrono::seconds> after;  ///< Nothing: never.
  };
  std::variant<Append, Increment, Expire> what;
};

/// Of `{"increment": 1}`, `{"append": "text"}`, `{"append": {"b64": "…"}}`, `{"ttl": 60}` or
/// `{"ttl": null}`. `invalid_argument` for any other body.
Result<KeyPatch> read_key_patch(std::string_view body);

/// What a request writes to a key.
struct KeyWrite {
  enum class What : std::uint8_t { put, create, remove };
  What what = What::put;
  std::string_view key;
  std::string_view value = {};
  std::optional<std::chrono::seconds> time_to_live = {};
};

/// Does what a request asks for under its conditions; or refuses, having written nothing. Errors:
/// `wrong_kind` if the key holds no string; those of the view.
Result<Response> write_key(DatabaseView& view, const Request& request, const KeyWrite& write);
Result<Response> patch_key(DatabaseView& view, const Request& request, std::string_view key,
                           const KeyPatch& patch);

/// 412 if a condition of the request does not hold for what is `present`; nothing if all do.
std::optional<Response> refusal_of(const Request& request,
                                   const std::optional<VisibleRow>& present);

/// The response of a write or, if it failed, the problem; it says whether the write may have
/// happened all the same.
Response response_of(Result<Response> written);

}  // namespace quartz::server
