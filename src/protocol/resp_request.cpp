#include "protocol/resp_request.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "protocol/resp_line.hpp"
#include "protocol/resp_number_line.hpp"

namespace quartz::protocol {
namespace {

/// Of a line: one that somebody types, or the length of something.
constexpr std::size_t kLineBytesMax = std::size_t{64} << 10;

/// A number as it has to be written: without a sign in front of what is positive and without zeros
/// that say nothing.
std::optional<std::int64_t> strict_integer(std::string_view text) noexcept {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.starts_with('0') && text != "0") return std::nullopt;
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void RespRequestParser::begin() {
  form_ = Form::unknown;
  ended_ = false;
  offset_ = searched_ = 0;
  count_.reset();
  bulk_length_.reset();
  ranges_.clear();
  arguments_.clear();
}

RespRequestParser::Progress RespRequestParser::advance(std::string_view input) {
  if (!refusal_.empty()) return Progress::refused;
  if (ended_) begin();
  if (input.empty()) return need(1);
  if (form_ == Form::unknown) form_ = input.front() == '*' ? Form::array : Form::line;
  return form_ == Form::array ? advance_array(input) : advance_line(input);
}

RespRequestParser::Progress RespRequestParser::advance_array(std::string_view input) {
  if (!count_) {
    if (const auto stopped = take_count(input)) return *stopped;
  }
  while (ranges_.size() < *count_) {
    if (!bulk_length_) {
      if (const auto stopped = take_bulk_header(input)) return *stopped;
    }
    if (const auto stopped = take_bulk(input)) return *stopped;
  }
  return complete_array(input);
}

// Nothing if it was taken, as those below.
std::optional<RespRequestParser::Progress> RespRequestParser::take_count(std::string_view input) {
  const auto line = take_text_line(input);
  if (!line) {
    return offset_ < input.size() && input.size() - offset_ > kLineBytesMax
               ? refuse("too big mbulk count string")
               : need(input.size() + 1);
  }
  const auto count = strict_integer(line->substr(1));
  if (!count) return refuse("invalid multibulk length");
  if (*count > 0 && static_cast<std::uint64_t>(*count) > limits_.arguments_max) {
    return refuse(fmt::format("{} multibulk length", limits_.refusal));
  }
  // Fewer than none are none.
  count_ = static_cast<std::size_t>(std::max<std::int64_t>(*count, 0));
  return std::nullopt;
}

std::optional<RespRequestParser::Progress> RespRequestParser::take_bulk_header(
    std::string_view input) {
  const auto line = take_text_line(input);
  if (!line) {
    return input.size() - offset_ > kLineBytesMax ? refuse("too big bulk count string")
                                                  : need(input.size() + 1);
  }
  if (!line->starts_with('$')) {
    const char found = line->empty() ? '\r' : line->front();
    return refuse(fmt::format("expected '$', got '{}'", found));
  }
  const auto length = strict_integer(line->substr(1));
  if (!length || *length < 0) return refuse("invalid bulk length");
  if (static_cast<std::uint64_t>(*length) > limits_.argument_bytes_max) {
    return refuse(fmt::format("{} bulk length", limits_.refusal));
  }
  bulk_length_ = static_cast<std::size_t>(*length);
  if (offset_ + *bulk_length_ > limits_.request_bytes_max) {
    return refuse(fmt::format("a request of more than {} bytes", limits_.request_bytes_max));
  }
  return std::nullopt;
}

std::optional<RespRequestParser::Progress> RespRequestParser::take_bulk(std::string_view input) {
  const std::size_t end = offset_ + *bulk_length_;
  if (input.size() < end + kLineEnd.size()) return need(end + kLineEnd.size());
  if (input.substr(end, kLineEnd.size()) != kLineEnd) {
    return refuse("expected an end of line behind a bulk string");
  }
  ranges_.push_back({offset_, *bulk_length_});
  offset_ = searched_ = end + kLineEnd.size();
  bulk_length_.reset();
  return std::nullopt;
}

// The line that begins at the offset, without its end, which is passed; nothing if it has none yet.
std::optional<std::string_view> RespRequestParser::take_text_line(std::string_view input) {
  const std::size_t newline = input.find('\n', std::max(searched_, offset_));
  if (newline == std::string_view::npos) {
    searched_ = input.size();
    return std::nullopt;
  }
  std::string_view line = input.substr(offset_, newline - offset_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  offset_ = searched_ = newline + 1;
  return line;
}

RespRequestParser::Progress RespRequestParser::complete_array(std::string_view input) {
  for (const Range& range : ranges_) {
    arguments_.push_back(input.substr(range.offset, range.length));
  }
  ended_ = true;
  return Progress::complete;
}

RespRequestParser::Progress RespRequestParser::advance_line(std::string_view input) {
  const auto line = take_text_line(input);
  if (!line) {
    return input.size() > kLineBytesMax ? refuse("too big inline request") : need(input.size() + 1);
  }
  if (!split_resp_line(*line, words_)) return refuse("unbalanced quotes in request");
  if (words_.size() > limits_.arguments_max) {
    return refuse(fmt::format("{} multibulk length", limits_.refusal));
  }
  arguments_.assign(words_.begin(), words_.end());
  ended_ = true;
  return Progress::complete;
}

RespRequestParser::Progress RespRequestParser::need(std::size_t bytes) noexcept {
  bytes_needed_ = bytes;
  return Progress::incomplete;
}

RespRequestParser::Progress RespRequestParser::refuse(std::string_view why) {
  refusal_ = fmt::format("Protocol error: {}", why);
  return Progress::refused;
}

}  // namespace quartz::protocol
