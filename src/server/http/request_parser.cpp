#include "server/http/request_parser.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/ascii.hpp"

namespace quartz::server {
namespace {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

std::string_view plain(string_view text) noexcept { return {text.data(), text.size()}; }

bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

Method method_of(http::verb verb) noexcept {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::put:
      return Method::put;
    case http::verb::post:
      return Method::post;
    case http::verb::delete_:
      return Method::remove;
    case http::verb::patch:
      return Method::patch;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

// What a client sends to a proxy, "http://host/path", is understood as well; else `target` itself.
std::string_view origin_form(std::string_view target) noexcept {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto path = target.find_first_of("/?", scheme.size());
    return path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
  }
  return target;
}

// A length that a peer names is believed only as far as this before its bytes are there.
constexpr std::size_t kBodyBytesReserved = std::size_t{64} << 10;

// Whether this may be the beginning of chunks that are only the last one. Once Beast has seen that,
// it asserts that there are five bytes when it looks again; no request ends with fewer.
bool begins_empty_body(std::string_view rest) noexcept {
  return rest.size() < 5 && rest.starts_with('0') && rest.find('\n') != std::string_view::npos;
}

constexpr std::string_view kLongBetweenChunks =
    "what is between chunks, or follows the last one, is larger than limits.header_bytes_max";

}  // namespace

class RequestParser::Grammar final : public http::basic_parser<true> {
 public:
  explicit Grammar(Request& request) : request_(request) {
    eager(true);
    // Heads are measured before they come here; this one is for the framing of chunks.
    header_limit(std::numeric_limits<std::uint32_t>::max());
  }

  /// `body` comes next. What is between chunks, and what follows the last one, may take so many
  /// bytes.
  void begin(std::string_view body, std::size_t between_bytes_max) noexcept {
    between_ = body.data();
    between_bytes_max_ = between_bytes_max;
  }

  /// What is wrong with what follows the last chunk, which was found to end at `end`.
  error_code trailer_error(const char* end) const {
    if (trailer_ == nullptr) return {};
    if (is_long(end)) return http::error::header_limit;
    const std::string_view trailer(trailer_, static_cast<std::size_t>(end - trailer_));
    const bool folded = trailer.find("\r\n ") != std::string_view::npos ||
                        trailer.find("\r\n\t") != std::string_view::npos;
    return folded ? http::error::bad_obs_fold : error_code();
  }

 private:
  bool is_long(const char* end) const noexcept {
    return static_cast<std::size_t>(end - between_) > between_bytes_max_;
  }

  void on_request_impl(http::verb method, string_view /*method_text*/, string_view target,
                       int version, error_code& /*error*/) override {
    request_.method = method_of(method);
    request_.target = plain(target);
    request_.http_1_0 = version < 11;
  }

  void on_field_impl(http::field /*name*/, string_view name, string_view value,
                     error_code& /*error*/) override {
    // What follows the last chunk is dropped: nobody here has a use for it, and proxies disagree.
    if (!head_done_) request_.headers.push_back({plain(name), plain(value)});
  }

  void on_header_impl(error_code& /*error*/) override { head_done_ = true; }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                         error_code& /*error*/) override {
    if (length) request_.body.reserve(std::min<std::uint64_t>(*length, kBodyBytesReserved));
  }

  std::size_t on_body_impl(string_view body, error_code& /*error*/) override {
    request_.body.append(body.data(), body.size());
    return body.size();
  }

  void on_response_impl(int, string_view, int, error_code& /*error*/) override {}
  void on_chunk_header_impl(std::uint64_t size, string_view extension, error_code& error) override {
    const char* const line_end = extension.data() + extension.size();
    // Within quotes Beast takes any byte. Whoever looks for line feeds alone would see the chunk
    // begin elsewhere.
    if (std::ranges::any_of(plain(extension), is_control)) {
      error = http::error::bad_chunk_extension;
    } else if (size == 0) {
      trailer_ = line_end;
    } else if (is_long(line_end)) {
      error = http::error::header_limit;
    }
  }
  std::size_t on_chunk_body_impl(std::uint64_t /*remains*/, string_view body,
                                 error_code& /*error*/) override {
    request_.body.append(body.data(), body.size());
    between_ = body.data() + body.size();
    return body.size();
  }
  void on_finish_impl(error_code& /*error*/) override {}

  Request& request_;
  bool head_done_ = false;
  const char* between_ = nullptr;  // Where what is between chunks begins, as far as it came.
  std::size_t between_bytes_max_ = 0;
  const char* trailer_ = nullptr;  // Behind the size of the last chunk, once that was read.
};

RequestParser::RequestParser() = default;
RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  request_.clear();
  grammar_.reset();
  state_ = State::idle;
  skipped_line_ = false;
  scanned_ = head_bytes_ = 0;
  failure_status_ = 0;
  failure_reason_ = {};
}

void RequestParser::fail(int status, std::string_view reason) {
  state_ = State::failed;
  failure_status_ = status;
  failure_reason_ = reason;
  request_.keep_alive = false;
}

std::size_t RequestParser::feed(std::string_view received, const RequestLimits& limits) {
  std::size_t used = 0;
  if (state_ == State::idle || state_ == State::head) {
    used = feed_head(received, limits);
    // The client waits to hear whether its body is wanted.
    if (state_ != State::body || (request_.expects_continue && used == received.size())) {
      return used;
    }
  }
  if (state_ == State::body) used += feed_body(received.substr(used), limits);
  return used;
}

std::size_t RequestParser::feed_head(std::string_view received, const RequestLimits& limits) {
  std::size_t skipped = 0;
  // Some clients send an empty line behind a body, which HTTP asks servers to overlook.
  const bool may_skip = state_ == State::idle && !skipped_line_;
  if (may_skip && received.starts_with("\r\n")) {
    skipped = 2;
    skipped_line_ = true;
  }
  received.remove_prefix(skipped);
  if (received.empty() || (may_skip && received == "\r" && !skipped_line_)) return skipped;
  state_ = State::head;
  if (!scan_head(received, limits)) return skipped;
  parse_head(received.substr(0, head_bytes_), limits);
  return skipped + head_bytes_;
}

// Looks for the end of the head, and for what must not be in one. True once it is there.
bool RequestParser::scan_head(std::string_view received, const RequestLimits& limits) {
  for (; scanned_ < received.size(); ++scanned_) {
    if (scanned_ >= limits.header_bytes_max) {
      fail(431, "the header is larger than limits.header_bytes_max");
      return false;
    }
    const char c = received[scanned_];
    if (c == '\0') {
      fail(400, "a zero byte in the header");
      return false;
    }
    if (c == '\r') {
      if (scanned_ + 1 == received.size()) return false;  // Looked at again with what follows.
      if (received[scanned_ + 1] != '\n') {
        fail(400, "a carriage return without a line feed in the header");
        return false;
      }
      if (scanned_ >= 2 && received[scanned_ - 1] == '\n') {
        head_bytes_ = scanned_ + 2;
        return true;
      }
    } else if (c == '\n') {
      if (scanned_ == 0 || received[scanned_ - 1] != '\r') {
        fail(400, "a line feed without a carriage return in the header");
        return false;
      }
    } else if ((c == ' ' || c == '\t') && scanned_ > 0 && received[scanned_ - 1] == '\n') {
      fail(400, "a folded header");
      return false;
    }
  }
  return false;
}

void RequestParser::parse_head(std::string_view head, const RequestLimits& limits) {
  request_.head_.assign(head.begin(), head.end());
  grammar_ = std::make_unique<Grammar>(request_);
  grammar_->body_limit(limits.body_bytes_max);
  error_code error;
  grammar_->put(boost::asio::buffer(request_.head_.data(), request_.head_.size()), error);
  if (error == http::error::body_limit) {
    fail(413, "the body is larger than limits.body_bytes_max");
  } else if (error == http::error::bad_version) {
    fail(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  } else if ((error && error != http::error::need_more) || !grammar_->is_header_done()) {
    // The whole head was there, so whoever needs more of it was not given one.
    fail(400, "the header is malformed");
  } else {
    judge_head(limits);
  }
}

void RequestParser::judge_head(const RequestLimits& limits) {
  request_.keep_alive = grammar_->keep_alive();
  if (request_.headers.size() > limits.header_count_max) {
    return fail(431, "more headers than limits.header_count_max");
  }
  if (!has_sound_framing()) return;
  const std::size_t hosts = request_.count_headers("Host");
  if (hosts > 1 || (hosts == 0 && !request_.http_1_0)) {
    return fail(400, "exactly one Host header is needed");
  }
  const std::string_view target = origin_form(request_.target);
  if (!target.starts_with('/') && target != "*") {
    return fail(400, "the target of the request must begin with a slash");
  }
  const std::size_t question = std::min(target.find('?'), target.size());
  request_.path = target.substr(0, question);
  request_.query = target.substr(std::min(question + 1, target.size()));
  const std::string_view expectation = request_.header("Expect");
  if (!expectation.empty() && !request_.http_1_0) {
    if (!is_same_word(expectation, "100-continue")) {
      return fail(417, "the only expectation that can be met is 100-continue");
    }
    request_.expects_continue = !grammar_->is_done();
  }
  state_ = grammar_->is_done() ? State::complete : State::body;
}

bool RequestParser::has_sound_framing() {
  const std::size_t encodings = request_.count_headers("Transfer-Encoding");
  const std::size_t lengths = request_.count_headers("Content-Length");
  if (lengths > 1 || (lengths == 1 && encodings > 0)) {
    fail(400, "the length of the body is given twice");
    return false;
  }
  if (encodings > 0 && request_.http_1_0) {
    fail(400, "HTTP/1.0 has no Transfer-Encoding");
    return false;
  }
  if (encodings > 1 ||
      (encodings == 1 && !is_same_word(request_.header("Transfer-Encoding"), "chunked"))) {
    fail(501, "the only Transfer-Encoding understood is chunked");
    return false;
  }
  const std::string_view length = request_.header("Content-Length");
  if (lengths == 1 && (length.empty() ||
                       !std::ranges::all_of(length, [](char c) { return c >= '0' && c <= '9'; }))) {
    fail(400, "Content-Length is no number");
    return false;
  }
  return true;
}

std::size_t RequestParser::feed_body(std::string_view received, const RequestLimits& limits) {
  std::size_t used = 0;
  error_code error;
  while (used < received.size() && !grammar_->is_done()) {
    const std::string_view rest = received.substr(used);
    if (grammar_->chunked() && begins_empty_body(rest)) break;
    grammar_->begin(rest, limits.header_bytes_max);
    const std::size_t taken =
        grammar_->put(boost::asio::buffer(received.data() + used, received.size() - used), error);
    used += taken;
    if (error || taken == 0) break;
  }
  if (!error && grammar_->is_done()) error = grammar_->trailer_error(received.data() + used);
  const bool is_malformed = error && error != http::error::need_more;
  const bool waits = !is_malformed && !grammar_->is_done();
  if (error == http::error::body_limit) {
    fail(413, "the body is larger than limits.body_bytes_max");
  } else if (error == http::error::header_limit ||
             (waits && received.size() - used > limits.header_bytes_max)) {
    fail(431, kLongBetweenChunks);
  } else if (is_malformed) {
    fail(400, "the chunks of the body are malformed");
  } else if (grammar_->is_done()) {
    state_ = State::complete;
  }
  return used;
}

}  // namespace quartz::server
