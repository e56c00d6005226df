// What a connection of HTTP brings, behind a byte that says in pieces of how many bytes it does.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>

#include "base/check.hpp"
#include "fuzz/http_application.hpp"
#include "fuzz/plain_http.hpp"
#include "server/http/request_parser.hpp"
#include "server/http/response_writer.hpp"

namespace quartz::server {
namespace {

using State = RequestParser::State;

constexpr RequestLimits kLimits{
    .header_bytes_max = 1024, .header_count_max = 16, .body_bytes_max = 4096};

// How a stream has ended, if not with the status of a refusal.
constexpr std::string_view kIdle = "idle";
constexpr std::string_view kWaiting = "waiting";
constexpr std::string_view kClosed = "closed";

std::vector<std::string> words_of(const Request& request) {
  std::vector<std::string> words = {std::string(to_string(request.method)),
                                    std::string(request.target), request.body};
  for (const Header& header : request.headers) {
    words.emplace_back(header.name);
    words.emplace_back(header.value);
  }
  return words;
}

// Shows all requests of a stream to `complete(parser, bytes)`, until one is refused or it says that
// nothing follows; before that to `begun(parser)`, when the header is there and the body is not.
// The answer is how the stream has ended.
template <class Begun, class Complete>
std::string read_requests(std::string_view stream, std::size_t piece, const Begun& begun,
                          const Complete& complete) {
  RequestParser parser;
  std::string unread;
  std::size_t used_before = 0;
  std::size_t used = 0;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    // Somewhere else each time, as what grows moves.
    unread = std::string(unread) + std::string(stream.substr(at, piece));
    while (!unread.empty()) {
      const std::size_t taken = parser.feed(unread, kLimits);
      QUARTZ_CHECK(taken <= unread.size());
      used += taken;
      unread.erase(0, taken);
      QUARTZ_CHECK(parser.request().body.size() <= kLimits.body_bytes_max);
      if (parser.state() == State::body) begun(parser);
      if (parser.state() == State::failed) {
        QUARTZ_CHECK(!reason_phrase(parser.failure_status()).empty());
        return std::to_string(parser.failure_status());
      }
      if (parser.state() == State::complete) {
        const std::string_view request = stream.substr(used_before, used - used_before);
        if (!complete(parser, request)) return std::string(kClosed);
        used_before = used;
        parser.reset();
      } else if (taken == 0) {
        break;
      }
    }
  }
  return std::string(parser.state() == State::idle ? kIdle : kWaiting);
}

struct Requests {
  std::vector<std::vector<std::string>> words = {};
  std::string end = {};
};

// What is read does not depend on the pieces, and nobody could have read something else. What can
// never become a request may be told apart from what is not whole yet a little later.
void check_pieces(std::string_view stream, std::size_t piece) {
  const auto read = [&](std::size_t bytes) {
    Requests requests;
    const auto complete = [&](RequestParser& parser, std::string_view text) {
      QUARTZ_CHECK(parser.request().body == fuzz::plain_body(text));
      requests.words.push_back(words_of(parser.request()));
      return parser.request().keep_alive;
    };
    requests.end = read_requests(stream, bytes, [](RequestParser&) {}, complete);
    return requests;
  };
  const Requests at_once = read(stream.size());
  const Requests in_pieces = read(piece);
  QUARTZ_CHECK(at_once.words == in_pieces.words);
  QUARTZ_CHECK(at_once.end == in_pieces.end ||
               (at_once.end == kWaiting && is_digit(in_pieces.end.front())));
}

// No input alone is an error of the server; what it does not have is none either.
void check_answer(HttpWithoutSockets& http, const Request& request, Response response) {
  QUARTZ_CHECK(response.status >= 200);
  QUARTZ_CHECK(response.status < 500 || response.status == 501 || response.status == 505);
  QUARTZ_CHECK(!reason_phrase(response.status).empty());
  if (response.content_type == kJson || response.content_type == kProblemJson) {
    boost::system::error_code fault;
    boost::json::parse(response.body, fault, {}, {.max_depth = 1000});
    QUARTZ_CHECK(!fault);
  }
  http.application().complete(request, response);
  const bool has_body =
      request.method != Method::head && response.status != 204 && response.status != 304;
  const bool endless = response.stream != nullptr;
  std::string text;
  append_response(text, response,
                  {.keep_alive = request.keep_alive && !endless,
                   .http_1_0 = request.http_1_0,
                   .head_only = request.method == Method::head,
                   .request_id = request.request_id});
  if (!endless) fuzz::check_response(text, has_body);
}

void answer_all(std::string_view stream) {
  // A new one now and then, so that what is stored does not grow for ever.
  static auto http = std::make_unique<HttpWithoutSockets>();
  static std::size_t answered = 0;
  if (++answered % 500 == 0 || http->closed_to_strangers()) {
    http.reset();
    http = std::make_unique<HttpWithoutSockets>();
  }
  const Route* route = nullptr;
  bool judged = false;
  const auto begun = [&](RequestParser& parser) {
    if (std::exchange(judged, true)) return;
    http->introduce(parser.request());
    auto refusal = http->refusal_of(parser.request(), route);
    if (!refusal) return;
    parser.give_up(refusal->status, "");
    check_answer(*http, parser.request(), *std::move(refusal));
  };
  const auto complete = [&](RequestParser& parser, std::string_view) {
    Request& request = parser.request();
    if (!std::exchange(judged, false)) http->introduce(request);
    check_answer(*http, request, http->answer(request, route));
    route = nullptr;
    return request.keep_alive;
  };
  read_requests(stream, stream.size(), begun, complete);
}

}  // namespace
}  // namespace quartz::server

// What was stored is still there when a run has ended, and held in part by pointers that carry
// marks.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_leaks=0"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  quartz::server::check_pieces(stream, 1 + data[0] % 64U);
  quartz::server::answer_all(stream);
  return 0;
}
