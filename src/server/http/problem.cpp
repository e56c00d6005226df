#include "server/http/problem.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace quartz::server {
namespace {

bool is_retryable(Errc code) noexcept {
  return code == Errc::busy || code == Errc::conflict || code == Errc::no_space ||
         code == Errc::cancelled;
}

// For refusals that no part of the engine made: the engine's word where it has one, else the name
// of the status, "precondition_failed".
std::string code_of(int status) {
  switch (status) {
    case 400:
    case 422:
      return "invalid_argument";
    case 404:
      return "not_found";
    case 408:
      return "timed_out";
    case 413:
    case 431:
      return "too_large";
    case 501:
    case 505:
      return "unsupported";
    case 503:
      return "unavailable";
    default:
      break;
  }
  std::string code(reason_phrase(status));
  for (char& c : code) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    if (c == ' ' || c == '-') c = '_';
  }
  return code;
}

}  // namespace

int status_of(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
      return 400;
    case Errc::too_large:
      return 413;
    case Errc::not_found:
      return 404;
    case Errc::already_exists:
    case Errc::wrong_kind:
    case Errc::conflict:
      return 409;
    case Errc::busy:
    case Errc::closed:
    case Errc::reopen_required:
    case Errc::cancelled:
      return 503;
    case Errc::no_space:
      return 507;
    case Errc::read_only:
      return 403;
    case Errc::unsupported:
      return 501;
    case Errc::corruption:
    case Errc::io_error:
      break;
  }
  return 500;
}

Response problem_response(const Problem& problem) {
  boost::json::object body;
  body["type"] = "about:blank";
  body["title"] = reason_phrase(problem.status);
  body["status"] = problem.status;
  body["detail"] = problem.detail;
  body["code"] = problem.code;
  body["retryable"] = problem.retryable;
  if (problem.executed == Executed::unknown) {
    body["executed"] = "unknown";
  } else {
    body["executed"] = problem.executed == Executed::yes;
  }
  return {.status = problem.status,
          .content_type = kProblemJson,
          .body = boost::json::serialize(body),
          .is_problem = true};
}

Response problem_response(const Error& error, Executed executed) {
  return problem_response({.status = status_of(error.code()),
                           .code = std::string(to_string(error.code())),
                           .detail = error.message(),
                           .retryable = is_retryable(error.code()),
                           .executed = executed});
}

Response problem_response(int status, std::string_view detail) {
  return problem_response({.status = status,
                           .code = code_of(status),
                           .detail = std::string(detail),
                           .retryable = status == 408 || status == 429 || status == 503});
}

void name_request(Response& problem, std::string_view request_id) {
  // An id consists of characters that need no escape in JSON.
  problem.body.pop_back();
  problem.body += ",\"request_id\":\"";
  problem.body += request_id;
  problem.body += "\"}";
}

}  // namespace quartz::server
