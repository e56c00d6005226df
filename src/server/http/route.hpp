#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/http/request.hpp"
#include "server/http/response.hpp"
#include "server/transport/task.hpp"

namespace quartz::server {

enum class ParameterPlace : std::uint8_t {
  path,
  query,
  header,  ///< The route looks at it itself.
};
enum class ParameterType : std::uint8_t {
  text,     ///< Any bytes, percent-encoded; `maximum` bounds their number.
  integer,  ///< `minimum` to `maximum`.
  boolean,  ///< true, false, 1, 0; alone, as in `?keys_only`, it is true.
};

struct RouteParameter {
  std::string_view name;
  ParameterPlace place = ParameterPlace::query;
  ParameterType type = ParameterType::text;
  std::string_view description = {};
  std::uint64_t minimum = 0;
  std::uint64_t maximum = 0;
};

/// One form that a body may have. `schema` is JSON Schema, as text.
struct BodyForm {
  std::string_view content_type;
  std::string_view schema = "{}";
};

/// The schema of a body that is any bytes.
inline constexpr std::string_view kBytesSchema = R"({"type":"string","format":"binary"})";

struct RouteResponse {
  int status = 200;
  std::string_view description = {};
  std::vector<BodyForm> forms = {};  ///< Empty: no body.
};

/// One operation of the HTTP interface. What is said here is all that is known of it: dispatch,
/// validation and documents go by it.
struct Route {
  /// Answers at once; what it does takes microseconds.
  using Function = std::function<Response(Request&)>;
  /// May wait, and goes on on the same executor.
  using LongFunction = std::function<Task<Response>(Request&)>;

  Method method = Method::get;  ///< GET serves HEAD too.
  std::string_view path;        ///< "/api/v1/kv/{key}".
  std::string_view name;        ///< Unique, for programs that are generated: "get_value".
  std::string_view summary;
  std::string_view scope;  ///< What a client must be allowed: "kv:read"; empty: nothing.
  /// Keys are in the body: who has the scope for some of them is let in, and the function looks
  /// which ones.
  bool checks_keys = false;
  bool is_limited = true;  ///< Counts towards `limits.requests_per_second`.
  std::vector<RouteParameter> parameters = {};
  std::vector<BodyForm> body = {};  ///< Empty: a request with a body is refused.
  std::vector<RouteResponse> responses = {};
  std::variant<Function, LongFunction> function;
  std::size_t index = 0;  ///< Given by the table: all of them are 0, 1, 2…
};

}  // namespace quartz::server
