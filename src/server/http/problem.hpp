#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "quartz/error.hpp"
#include "server/http/response.hpp"

namespace quartz::server {

/// Whether a request that failed had an effect.
enum class Executed : std::uint8_t { no, yes, unknown };

/// A failure as clients get it: `application/problem+json` of RFC 9457, with members that tell a
/// program what to do.
struct Problem {
  int status = 500;
  std::string code = {};  ///< Stable, for programs: "not_found".
  std::string detail = {};
  bool retryable = false;  ///< The same request may succeed later.
  Executed executed = Executed::no;
};

/// The response; its `request_id` is filled in by `name_request`.
Response problem_response(const Problem& problem);

/// Of an error of the engine. `executed` is what is known about a write.
Response problem_response(const Error& error, Executed executed = Executed::no);

/// For refusals that have nothing to do with the engine: code from the status.
Response problem_response(int status, std::string_view detail);

/// Puts the id of the request into the body of a problem.
void name_request(Response& problem, std::string_view request_id);

/// The status that stands for an error of the engine.
int status_of(Errc code) noexcept;

}  // namespace quartz::server
