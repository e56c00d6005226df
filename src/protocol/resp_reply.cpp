#include "protocol/resp_reply.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "protocol/resp_number_line.hpp"

namespace quartz::protocol {
namespace {

/// The codes that clients of Redis know, and those of QUARTZ.ONCE. Other words in capitals, "EXEC
/// without MULTI", are text.
constexpr std::array<std::string_view, 22> kCodes = {
    "ERR",     "WRONGTYPE",  "NOAUTH",   "NOPERM",   "WRONGPASS", "EXECABORT",
    "NOPROTO", "UNBLOCKED",  "OOM",      "READONLY", "MISCONF",   "LOADING",
    "BUSY",    "BUSYKEY",    "NOSCRIPT", "INPROG",   "CROSSSLOT", "BUSYGROUP",
    "NOGROUP", "ONCEREUSED", "ONCEDONE", "ONCEFULL"};

bool has_code(std::string_view message) noexcept {
  return std::ranges::find(kCodes, message.substr(0, message.find(' '))) != kCodes.end();
}

std::string text_of(double number) {
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (std::isnan(number)) return "nan";
  return fmt::format("{:.17g}", number);
}

}  // namespace

void RespReplyWriter::header(char type, std::uint64_t count) {
  append_number_line(buffer_, type, count);
}

void RespReplyWriter::line(char type, std::string_view text) {
  buffer_ += type;
  const auto begin = static_cast<std::ptrdiff_t>(buffer_.size());
  buffer_ += text;
  std::replace_if(
      buffer_.begin() + begin, buffer_.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  buffer_ += kLineEnd;
}

void RespReplyWriter::simple(std::string_view text) { line('+', text); }

void RespReplyWriter::error(std::string_view message) {
  message = message.substr(0, message.find_last_not_of(kLineEnd) + 1);
  if (has_code(message)) {
    line('-', message);
  } else {
    line('-', fmt::format("ERR {}", message));
  }
}

void RespReplyWriter::integer(std::int64_t number) { append_number_line(buffer_, ':', number); }

void RespReplyWriter::bulk(std::string_view bytes) {
  header('$', bytes.size());
  buffer_ += bytes;
  buffer_ += kLineEnd;
}

void RespReplyWriter::real(double number) {
  if (is_resp3()) {
    line(',', text_of(number));
  } else {
    bulk(text_of(number));
  }
}

void RespReplyWriter::boolean(bool truth) {
  if (is_resp3()) {
    line('#', truth ? "t" : "f");
  } else {
    integer(truth ? 1 : 0);
  }
}

void RespReplyWriter::null() { buffer_ += is_resp3() ? "_\r\n" : "$-1\r\n"; }

void RespReplyWriter::null_array() { buffer_ += is_resp3() ? "_\r\n" : "*-1\r\n"; }

void RespReplyWriter::verbatim(std::string_view text) {
  if (!is_resp3()) return bulk(text);
  constexpr std::string_view kFormat = "txt:";
  header('=', kFormat.size() + text.size());
  buffer_ += kFormat;
  buffer_ += text;
  buffer_ += kLineEnd;
}

void RespReplyWriter::array(std::size_t count) { header('*', count); }

void RespReplyWriter::map(std::size_t pairs) {
  if (is_resp3()) {
    header('%', pairs);
  } else {
    header('*', 2 * pairs);
  }
}

void RespReplyWriter::set(std::size_t count) { header(is_resp3() ? '~' : '*', count); }

void RespReplyWriter::push(std::size_t count) { header(is_resp3() ? '>' : '*', count); }

}  // namespace quartz::protocol
