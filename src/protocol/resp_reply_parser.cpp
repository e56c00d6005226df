#include "protocol/resp_reply_parser.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "protocol/resp_number_line.hpp"

namespace quartz::protocol {
namespace {

constexpr std::string_view kTypes = "+-:$*_#,(!=%~>|";

std::optional<std::int64_t> integer_of(std::string_view text) noexcept {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

bool has_length(RespType type) noexcept {
  return type == RespType::bulk || type == RespType::bulk_error || type == RespType::verbatim;
}

// How many nodes stand for one element.
std::size_t nodes_of_element(RespType type) noexcept {
  return type == RespType::map || type == RespType::attribute ? 2 : 1;
}

}  // namespace

bool is_aggregate(RespType type) noexcept {
  return type == RespType::array || type == RespType::map || type == RespType::set ||
         type == RespType::push || type == RespType::attribute;
}

void RespReplyParser::begin() {
  ended_ = false;
  offset_ = searched_ = 0;
  bytes_type_.reset();
  open_.assign(1, 1);  // The reply itself.
  nodes_.clear();
  ranges_.clear();
}

RespReplyParser::Progress RespReplyParser::advance(std::string_view input) {
  if (!refusal_.empty()) return Progress::refused;
  if (ended_ || open_.empty()) begin();
  while (!open_.empty()) {
    if (const auto stopped = bytes_type_ ? take_bytes(input) : take_node(input)) return *stopped;
  }
  return complete(input);
}

// The next node, or the beginning of one whose bytes follow. Nothing if it was taken, as in those
// below.
std::optional<RespReplyParser::Progress> RespReplyParser::take_node(std::string_view input) {
  const std::size_t end = input.find(kLineEnd, std::max(searched_, offset_));
  if (end == std::string_view::npos) {
    // The carriage return may be the last byte.
    searched_ = std::max(offset_, input.size() - std::min<std::size_t>(input.size(), 1));
    if (input.size() > limits_.bytes_max) return refuse("longer than is allowed");
    return Progress::incomplete;
  }
  const std::string_view line = input.substr(offset_, end - offset_);
  if (line.empty() || kTypes.find(line.front()) == std::string_view::npos) {
    return refuse(line.empty() ? "an empty line" : fmt::format("unknown type '{}'", line.front()));
  }
  if (nodes_.size() == limits_.nodes_max) return refuse("more values than are allowed");
  const auto stopped = take_line_node(static_cast<RespType>(line.front()), line);
  if (stopped) return stopped;
  offset_ = searched_ = end + kLineEnd.size();
  return std::nullopt;
}

std::optional<RespReplyParser::Progress> RespReplyParser::take_line_node(RespType type,
                                                                         std::string_view line) {
  if (!has_length(type) && !is_aggregate(type)) {
    add(type, 0, {offset_ + 1, line.size() - 1});
    close_finished();
    return std::nullopt;
  }
  const auto count = integer_of(line.substr(1));
  if (!count || *count < -1) return refuse("a length that is none");
  if (*count == -1) {
    add(RespType::null, 0, {offset_ + 1, 0});
    close_finished();
    return std::nullopt;
  }
  if (is_aggregate(type)) return take_aggregate(type, *count);
  if (static_cast<std::uint64_t>(*count) > limits_.bytes_max) {
    return refuse("longer than is allowed");
  }
  bytes_type_ = type;
  bytes_length_ = static_cast<std::size_t>(*count);
  return std::nullopt;
}

std::optional<RespReplyParser::Progress> RespReplyParser::take_bytes(std::string_view input) {
  const std::size_t end = offset_ + bytes_length_;
  if (input.size() < end + kLineEnd.size()) return Progress::incomplete;
  if (input.substr(end, kLineEnd.size()) != kLineEnd) return refuse("bytes beyond their length");
  add(*bytes_type_, 0, {offset_, bytes_length_});
  close_finished();
  bytes_type_.reset();
  offset_ = searched_ = end + kLineEnd.size();
  return std::nullopt;
}

std::optional<RespReplyParser::Progress> RespReplyParser::take_aggregate(RespType type,
                                                                         std::int64_t count) {
  const auto elements = static_cast<std::uint64_t>(count);
  if (elements > limits_.nodes_max) return refuse("more values than are allowed");
  const std::size_t children = static_cast<std::size_t>(elements) * nodes_of_element(type);
  add(type, children, {offset_ + 1, 0});
  // What it is an attribute of is still to come.
  if (type == RespType::attribute) ++open_.back();
  if (children == 0) {
    close_finished();
    return std::nullopt;
  }
  if (open_.size() > limits_.depth_max) return refuse("deeper than is allowed");
  open_.push_back(children);
  return std::nullopt;
}

// One of those that the innermost level misses.
void RespReplyParser::add(RespType type, std::size_t children, Range text) {
  --open_.back();
  nodes_.push_back({type, static_cast<std::uint32_t>(open_.size() - 1), children, {}});
  ranges_.push_back(text);
}

// An aggregate ends with the last node that it holds.
void RespReplyParser::close_finished() {
  while (!open_.empty() && open_.back() == 0) open_.pop_back();
}

RespReplyParser::Progress RespReplyParser::complete(std::string_view input) {
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    nodes_[i].text = input.substr(ranges_[i].offset, ranges_[i].length);
  }
  ended_ = true;
  return Progress::complete;
}

RespReplyParser::Progress RespReplyParser::refuse(std::string_view why) {
  refusal_ = fmt::format("{} at byte {}", why, offset_);
  return Progress::refused;
}

}  // namespace quartz::protocol
