#include "server/http/idempotent_request.hpp"

#include <cstdint>

#include "base/check.hpp"
#include "server/http/http_peer.hpp"
#include "server/http/problem.hpp"
#include "server/http/time_to_live.hpp"
#include "server/service/big_endian.hpp"

namespace quartz::server {
namespace {

using Use = IdempotencyKeys::Use;

void append_text(std::string& to, std::string_view text) {
  append_big_endian(to, text.size());
  to += text;
}

// Nothing if the bytes are no such text, and otherwise takes them off.
std::optional<std::string_view> take_text(std::string_view& from) {
  if (from.size() < 8) return std::nullopt;
  const std::uint64_t size = read_big_endian(from);
  from.remove_prefix(8);
  if (size > from.size()) return std::nullopt;
  const std::string_view text = from.substr(0, static_cast<std::size_t>(size));
  from.remove_prefix(text.size());
  return text;
}

std::string text_of(const Response& response) {
  QUARTZ_CHECK(response.stream == nullptr);
  QUARTZ_CHECK(response.content_type.empty() || response.content_type == kJson);
  std::string text;
  append_big_endian(text, static_cast<std::uint64_t>(response.status));
  append_text(text, response.content_type);
  append_text(text, response.body);
  for (const auto& [name, value] : response.headers) {
    append_text(text, name);
    append_text(text, value);
  }
  return text;
}

std::optional<Response> response_of(std::string_view text) {
  if (text.size() < 8) return std::nullopt;
  Response response{.status = static_cast<int>(read_big_endian(text))};
  text.remove_prefix(8);
  const auto type = take_text(text);
  const auto body = take_text(text);
  if (!type || !body) return std::nullopt;
  if (!type->empty()) response.content_type = kJson;
  response.body = *body;
  while (!text.empty()) {
    const auto name = take_text(text);
    const auto value = take_text(text);
    if (!name || !value) return std::nullopt;
    response.with(std::string(*name), std::string(*value));
  }
  return response;
}

Result<std::optional<Response>> response_again(const IdempotencyKeys::Begun& begun) {
  if (begun.form == ReplyForm::left_out) {
    return std::optional(problem_response(
        {.status = 409,
         .code = "idempotency_response_not_kept",
         .detail = "the request was carried out, and its response was too large to keep",
         .executed = Executed::yes}));
  }
  auto response = response_of(begun.reply);
  if (begun.form != ReplyForm::http || !response) {
    return Error(Errc::corruption, "keyspace \"idempotency\": a response is damaged");
  }
  response->with("Idempotency-Replayed", "true");
  return response;
}

// As the client of a command is called, so that a key is the same by all routes.
std::string_view user_of(const Request& request) {
  const std::string_view user = request.peer == nullptr ? "" : request.peer->user();
  return user.empty() ? "default" : user;
}

}  // namespace

RouteParameter idempotency_parameter() {
  return {.name = kIdempotencyHeader,
          .place = ParameterPlace::header,
          .description =
              "Names the request: repeated with the same one, it is not carried out "
              "again, and answered as before.",
          .maximum = KeyedRequest::kIdBytesMax};
}

RouteResponse idempotency_refusal() {
  return {.status = 422, .description = "The Idempotency-Key is that of another request."};
}

Result<std::optional<std::string_view>> idempotency_key_of(const Request& request) {
  if (!request.has_header(kIdempotencyHeader)) return std::optional<std::string_view>();
  std::string_view key = request.header(kIdempotencyHeader);
  // It may be a string of structured headers, which stands between quotes.
  if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
    key = key.substr(1, key.size() - 2);
  }
  if (key.empty() || key.size() > KeyedRequest::kIdBytesMax ||
      request.count_headers(kIdempotencyHeader) > 1) {
    return Error(Errc::invalid_argument, "Idempotency-Key must be one key of 1 to 255 bytes");
  }
  return std::optional(key);
}

IdempotentRequest::IdempotentRequest(IdempotencyKeys& keys, const Request& request,
                                     std::string_view key)
    : keys_(keys), request_{.user = user_of(request), .http = true, .id = key} {
  append_text(content_, to_string(request.method));
  append_text(content_, request.target);
  for (const std::string_view header :
       {std::string_view("Content-Type"), std::string_view("If-Match"),
        std::string_view("If-None-Match"), kTtlHeader}) {
    append_text(content_, request.header(header));
  }
  append_text(content_, request.body);
  request_.content = content_;
}

Result<std::optional<Response>> IdempotentRequest::find(Transaction& transaction) const {
  QUARTZ_ASSIGN(const auto begun, keys_.begin(transaction, request_));
  switch (begun.use) {
    case Use::repeated:
      return response_again(begun);
    case Use::other:
      return std::optional(
          problem_response({.status = 422,
                            .code = "idempotency_key_reused",
                            .detail = "the Idempotency-Key is that of another request"}));
    case Use::refused:
      return std::optional(problem_response({.status = 503,
                                             .code = "idempotency_keys_full",
                                             .detail = "too many keys are remembered",
                                             .retryable = true}));
    case Use::first:
      break;
  }
  return std::optional<Response>();
}

void IdempotentRequest::remember(Transaction& transaction, const Response& response) {
  keys_.remember(transaction, request_, ReplyForm::http, text_of(response));
}

}  // namespace quartz::server
