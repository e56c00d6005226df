#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/arguments.hpp"

namespace quartz::server {

class HttpPeer;
struct Route;

enum class Method : std::uint8_t { get, head, put, post, remove, patch, options, other };

/// "GET"; "OTHER" for methods that no route has.
std::string_view to_string(Method method) noexcept;

struct Header {
  std::string_view name;
  std::string_view value;
};

/// One received HTTP request. Views point into the request, which is why it stays where it is.
class Request {
 public:
  Request() = default;
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  Method method = Method::other;
  std::string_view target;  ///< As received: "/api/v1/kv/a%2Fb?x=1".
  std::string_view path;    ///< Of the target, still encoded: "/api/v1/kv/a%2Fb".
  std::string_view query;   ///< Of the target, still encoded, without the question mark: "x=1".
  std::vector<Header> headers;
  std::string body;
  bool keep_alive = true;
  bool http_1_0 = false;
  bool expects_continue = false;
  Arguments arguments;           ///< Of path and query, once the route is known.
  HttpPeer* peer = nullptr;      ///< Who sends it; null in tests of routes alone.
  const Route* route = nullptr;  ///< Once it was let in.
  std::string_view request_id;   ///< Taken from the client or made for it.

  /// Value of the first header of that name, in any case; empty if there is none.
  std::string_view header(std::string_view name) const noexcept;
  bool has_header(std::string_view name) const noexcept;
  std::size_t count_headers(std::string_view name) const noexcept;

  /// Empty again, keeping memory of a reasonable size.
  void clear();

 private:
  friend class RequestParser;

  std::vector<char> head_;  // What the views point into.
};

/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view text) noexcept;

}  // namespace quartz::server
