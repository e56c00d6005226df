#include "client/reply_reader.hpp"

#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::client {

using protocol::RespNode;
using protocol::RespType;
using Nodes = std::span<const RespNode>;

namespace {

ClientError unexpected(const RespNode* node, std::string_view wanted) {
  const std::string found =
      node == nullptr ? "nothing"
                      : fmt::format("a reply of type '{}'", static_cast<char>(node->type));
  return {ClientErrc::unexpected_reply, fmt::format("{} instead of {}", found, wanted),
          Executed::yes};
}

bool is_text(RespType type) noexcept {
  return type == RespType::simple || type == RespType::bulk || type == RespType::verbatim ||
         type == RespType::big_number;
}

// A verbatim string begins with what it is: "txt:".
std::string_view text_of(const RespNode& node) noexcept {
  constexpr std::size_t kPrefix = 4;
  return node.type == RespType::verbatim && node.text.size() >= kPrefix ? node.text.substr(kPrefix)
                                                                        : node.text;
}

std::optional<std::int64_t> integer_of(const RespNode& node) noexcept {
  std::int64_t number = 0;
  const char* const end = node.text.data() + node.text.size();
  const auto parsed = std::from_chars(node.text.data(), end, number);
  if (node.type != RespType::integer || parsed.ec != std::errc() || parsed.ptr != end) {
    return std::nullopt;
  }
  return number;
}

std::optional<double> real_of(std::string_view text) noexcept {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<double> real_of(const RespNode& node) noexcept {
  if (const auto number = integer_of(node)) return static_cast<double>(*number);
  if (node.type != RespType::real && !is_text(node.type)) return std::nullopt;
  return real_of(node.text);
}

ClientResult<std::string> string_of(const RespNode* node) {
  if (node == nullptr || !is_text(node->type)) return unexpected(node, "a string");
  return std::string(text_of(*node));
}

ClientResult<std::optional<std::string>> optional_string_of(const RespNode* node) {
  if (node != nullptr && node->type == RespType::null) return std::optional<std::string>();
  QUARTZ_ASSIGN(std::string text, string_of(node));
  return std::optional<std::string>(std::move(text));
}

ClientResult<double> score_of(const RespNode* node) {
  if (node == nullptr) return unexpected(node, "a number");
  const auto number = real_of(*node);
  if (!number) return unexpected(node, "a number");
  return *number;
}

// Each of the elements of an array or set by `read(node)`.
template <class Element, class Read>
ClientResult<std::vector<Element>> elements_of(Nodes reply, Read read) {
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head == nullptr || (head->type != RespType::array && head->type != RespType::set)) {
    return unexpected(head, "an array");
  }
  std::vector<Element> elements;
  elements.reserve(head->children);
  for (std::size_t i = 0; i < head->children; ++i) {
    QUARTZ_ASSIGN(Element element, read(nodes.take()));
    elements.push_back(std::move(element));
  }
  return elements;
}

ClientResult<Reply> tree_of(ReplyNodes& nodes);

ClientResult<Reply> aggregate_of(const RespNode& head, ReplyNodes& nodes) {
  std::vector<Reply> elements;
  elements.reserve(head.children);
  for (std::size_t i = 0; i < head.children; ++i) {
    QUARTZ_ASSIGN(Reply element, tree_of(nodes));
    elements.push_back(std::move(element));
  }
  const ReplyKind kind = head.type == RespType::map   ? ReplyKind::map
                         : head.type == RespType::set ? ReplyKind::set
                                                      : ReplyKind::array;
  return Reply::of_elements(kind, std::move(elements));
}

// The parser bounds the depth.
ClientResult<Reply> tree_of(ReplyNodes& nodes) {
  const RespNode* const node = nodes.take();
  if (node == nullptr) return unexpected(node, "a reply");
  if (node->type == RespType::null) return Reply();
  if (is_text(node->type)) return Reply::of_string(std::string(text_of(*node)));
  if (node->type == RespType::error || node->type == RespType::bulk_error) {
    return Reply::of_error(std::string(node->text));
  }
  if (node->type == RespType::boolean) return Reply::of_boolean(node->text == "t");
  if (protocol::is_aggregate(node->type)) return aggregate_of(*node, nodes);
  if (const auto number = integer_of(*node)) return Reply::of_integer(*number);
  if (const auto number = real_of(*node)) return Reply::of_real(*number);
  return unexpected(node, "a reply");
}

}  // namespace

const RespNode* ReplyNodes::take() noexcept {
  // An attribute is followed by its own keys and values, and those by theirs.
  std::size_t about = 0;
  while (!nodes_.empty()) {
    const RespNode& node = nodes_.front();
    nodes_ = nodes_.subspan(1);
    if (node.type == RespType::attribute) {
      about += node.children;
    } else if (about == 0) {
      return &node;
    } else {
      --about;
      if (protocol::is_aggregate(node.type)) about += node.children;
    }
  }
  return nullptr;
}

std::optional<std::string_view> error_text(Nodes reply) noexcept {
  const RespNode* const head = ReplyNodes(reply).take();
  const bool failed =
      head != nullptr && (head->type == RespType::error || head->type == RespType::bulk_error);
  return failed ? std::optional(head->text) : std::nullopt;
}

template <>
ClientResult<void> read_reply<void>(Nodes reply) {
  const RespNode* const head = ReplyNodes(reply).take();
  if (head == nullptr || !is_text(head->type)) return unexpected(head, "OK");
  return {};
}

template <>
ClientResult<bool> read_reply<bool>(Nodes reply) {
  const RespNode* const head = ReplyNodes(reply).take();
  if (head == nullptr) return unexpected(head, "yes or no");
  if (head->type == RespType::null) return false;
  if (is_text(head->type)) return true;  // "OK".
  if (head->type == RespType::boolean) return head->text == "t";
  const auto number = integer_of(*head);
  if (!number) return unexpected(head, "yes or no");
  return *number != 0;
}

template <>
ClientResult<std::int64_t> read_reply<std::int64_t>(Nodes reply) {
  const RespNode* const head = ReplyNodes(reply).take();
  const auto number = head == nullptr ? std::nullopt : integer_of(*head);
  if (!number) return unexpected(head, "a whole number");
  return *number;
}

template <>
ClientResult<std::optional<std::int64_t>> read_reply<std::optional<std::int64_t>>(Nodes reply) {
  const RespNode* const head = ReplyNodes(reply).take();
  if (head != nullptr && head->type == RespType::null) return std::optional<std::int64_t>();
  QUARTZ_ASSIGN(const std::int64_t number, read_reply<std::int64_t>(reply));
  return std::optional(number);
}

template <>
ClientResult<double> read_reply<double>(Nodes reply) {
  return score_of(ReplyNodes(reply).take());
}

template <>
ClientResult<std::optional<double>> read_reply<std::optional<double>>(Nodes reply) {
  const RespNode* const head = ReplyNodes(reply).take();
  if (head != nullptr && head->type == RespType::null) return std::optional<double>();
  QUARTZ_ASSIGN(const double number, score_of(head));
  return std::optional(number);
}

template <>
ClientResult<std::string> read_reply<std::string>(Nodes reply) {
  return string_of(ReplyNodes(reply).take());
}

template <>
ClientResult<std::optional<std::string>> read_reply<std::optional<std::string>>(Nodes reply) {
  return optional_string_of(ReplyNodes(reply).take());
}

template <>
ClientResult<std::vector<std::string>> read_reply<std::vector<std::string>>(Nodes reply) {
  return elements_of<std::string>(reply, string_of);
}

template <>
ClientResult<std::vector<std::optional<std::string>>>
read_reply<std::vector<std::optional<std::string>>>(Nodes reply) {
  return elements_of<std::optional<std::string>>(reply, optional_string_of);
}

template <>
ClientResult<NamedValues> read_reply<NamedValues>(Nodes reply) {
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head == nullptr || (head->type != RespType::map && head->type != RespType::array) ||
      head->children % 2 != 0) {
    return unexpected(head, "names with values");
  }
  NamedValues values;
  values.reserve(head->children / 2);
  for (std::size_t i = 0; i < head->children; i += 2) {
    QUARTZ_ASSIGN(std::string name, string_of(nodes.take()));
    QUARTZ_ASSIGN(std::string value, string_of(nodes.take()));
    values.emplace_back(std::move(name), std::move(value));
  }
  return values;
}

template <>
ClientResult<std::vector<ScoredMember>> read_reply<std::vector<ScoredMember>>(Nodes reply) {
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head == nullptr || (head->type != RespType::array && head->type != RespType::map)) {
    return unexpected(head, "members with their scores");
  }
  std::vector<ScoredMember> members;
  // Pairs, or members and scores one after another.
  for (std::size_t taken = 0; taken < head->children;) {
    const RespNode* node = nodes.take();
    const bool pair = node != nullptr && node->type == RespType::array;
    if (pair && node->children != 2) return unexpected(node, "a member with its score");
    if (pair) node = nodes.take();
    QUARTZ_ASSIGN(std::string member, string_of(node));
    QUARTZ_ASSIGN(const double score, score_of(nodes.take()));
    members.push_back({.member = std::move(member), .score = score});
    taken += pair ? 1 : 2;
  }
  return members;
}

template <>
ClientResult<std::optional<PoppedElement>> read_reply<std::optional<PoppedElement>>(Nodes reply) {
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head != nullptr && head->type == RespType::null) return std::optional<PoppedElement>();
  if (head == nullptr || head->type != RespType::array || head->children != 2) {
    return unexpected(head, "a key with an element");
  }
  QUARTZ_ASSIGN(std::string key, string_of(nodes.take()));
  QUARTZ_ASSIGN(std::string element, string_of(nodes.take()));
  return std::optional(PoppedElement{.key = std::move(key), .element = std::move(element)});
}

template <>
ClientResult<std::optional<PoppedMember>> read_reply<std::optional<PoppedMember>>(Nodes reply) {
  constexpr std::size_t kParts = 3;
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head != nullptr && head->type == RespType::null) return std::optional<PoppedMember>();
  if (head == nullptr || head->type != RespType::array || head->children != kParts) {
    return unexpected(head, "a key with a member and its score");
  }
  PoppedMember popped;
  QUARTZ_ASSIGN(popped.key, string_of(nodes.take()));
  QUARTZ_ASSIGN(popped.member.member, string_of(nodes.take()));
  QUARTZ_ASSIGN(popped.member.score, score_of(nodes.take()));
  return std::optional(std::move(popped));
}

template <>
ClientResult<TimeToLive> read_reply<TimeToLive>(Nodes reply) {
  constexpr std::int64_t kNoKey = -2;
  QUARTZ_ASSIGN(const std::int64_t number, read_reply<std::int64_t>(reply));
  if (number == kNoKey) return TimeToLive{};
  if (number < 0) return TimeToLive{.exists = true, .left = {}};
  return TimeToLive{.exists = true, .left = std::chrono::milliseconds(number)};
}

template <>
ClientResult<Reply> read_reply<Reply>(Nodes reply) {
  ReplyNodes nodes(reply);
  return tree_of(nodes);
}

template <>
ClientResult<std::vector<Reply>> read_reply<std::vector<Reply>>(Nodes reply) {
  ReplyNodes nodes(reply);
  const RespNode* const head = nodes.take();
  if (head != nullptr && head->type == RespType::null) {
    return ClientError(ClientErrc::aborted, "a key that was watched has changed", Executed::no);
  }
  if (head == nullptr || head->type != RespType::array) return unexpected(head, "an array");
  std::vector<Reply> replies;
  replies.reserve(head->children);
  for (std::size_t i = 0; i < head->children; ++i) {
    QUARTZ_ASSIGN(Reply each, tree_of(nodes));
    replies.push_back(std::move(each));
  }
  return replies;
}

std::optional<std::string_view> text_in(const Reply& reply) noexcept {
  return reply.is_error() ? std::nullopt : reply.text();
}

std::optional<double> number_in(const Reply& reply) noexcept {
  if (const auto number = reply.real()) return number;
  if (const auto number = reply.integer()) return static_cast<double>(*number);
  const auto text = text_in(reply);
  return text ? real_of(*text) : std::nullopt;
}

ClientResult<bool> read_string(Nodes reply, std::string& into) {
  const RespNode* const head = ReplyNodes(reply).take();
  if (head != nullptr && head->type == RespType::null) return false;
  if (head == nullptr || !is_text(head->type)) return unexpected(head, "a string");
  into.assign(text_of(*head));
  return true;
}

}  // namespace quartz::client
