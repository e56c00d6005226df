#include "server/oracle/reply_comparison.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

namespace quartz::server {
namespace {

using protocol::RespNode;
using protocol::RespType;

ReplyTree take_tree(std::span<const RespNode>& nodes) {
  const RespNode node = nodes.front();
  nodes = nodes.subspan(1);
  ReplyTree tree;
  tree.type = node.type;
  tree.head =
      is_aggregate(node.type)
          ? fmt::format("{}{} ", static_cast<char>(node.type), node.children)
          : fmt::format("{}{}:{} ", static_cast<char>(node.type), node.text.size(), node.text);
  tree.bytes = tree.head;
  for (std::size_t i = 0; is_aggregate(node.type) && i < node.children; ++i) {
    tree.items.push_back(take_tree(nodes));
    tree.bytes += tree.items.back().bytes;
  }
  return tree;
}

// The reply with the items of each of its aggregates sorted, alone or by two.
std::string in_order(const ReplyTree& tree, bool by_pairs) {
  const bool holds_others =
      std::ranges::any_of(tree.items, [](const ReplyTree& item) { return !item.items.empty(); });
  const std::size_t step = by_pairs && !holds_others && tree.items.size() % 2 == 0 ? 2 : 1;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < tree.items.size(); i += step) {
    std::string part;
    for (std::size_t j = 0; j < step; ++j) part += in_order(tree.items[i + j], by_pairs);
    parts.push_back(std::move(part));
  }
  std::ranges::sort(parts);
  std::string text = tree.head;
  for (const std::string& part : parts) text += part;
  return text;
}

std::int64_t number_in(const ReplyTree& tree) {
  const std::string_view text = std::string_view(tree.head).substr(tree.head.find(':') + 1);
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Seconds of two clocks differ by two, milliseconds by what a run may be held up.
bool are_near(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t kSeconds = 2;
  constexpr std::int64_t kMilliseconds = 5'000;
  constexpr std::int64_t kLargestSeconds = 20'000'000;  // Above what tests let keys live.
  if (a < 0 || b < 0) return a == b;
  const bool in_seconds = a < kLargestSeconds || (a > 1'000'000'000 && a < 10'000'000'000);
  return std::abs(a - b) <= (in_seconds ? kSeconds : kMilliseconds);
}

}  // namespace

ReplyTree tree_of(std::span<const RespNode> nodes) { return take_tree(nodes); }

bool agree(const ReplyTree& a, const ReplyTree& b, Comparison comparison) {
  if (a.bytes == b.bytes) return true;
  if (a.type != b.type) return false;
  switch (comparison) {
    case Comparison::exact:
      return false;
    case Comparison::unordered:
      return in_order(a, false) == in_order(b, false);
    case Comparison::unordered_pairs:
      return in_order(a, true) == in_order(b, true);
    case Comparison::about:
      return a.type == RespType::integer && are_near(number_in(a), number_in(b));
    case Comparison::kind:
      return a.type != RespType::error && a.items.size() == b.items.size();
  }
  return false;
}

std::string shown(std::string_view bytes) {
  constexpr std::size_t kBytesMax = 300;
  std::string text;
  for (const char c : bytes.substr(0, kBytesMax)) {
    if (c >= ' ' && c <= '~') {
      text += c;
    } else {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return bytes.size() > kBytesMax ? text + "..." : text;
}

}  // namespace quartz::server
