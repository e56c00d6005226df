#include "cli/shell/reply_tree.hpp"

#include "client/reply_reader.hpp"

namespace quartz::cli {
namespace {

using protocol::RespNode;
using protocol::RespType;

// The parser bounds the depth.
ReplyTree take_tree(client::ReplyNodes& nodes) {
  constexpr std::size_t kFormatBytes = 4;  // "txt:".
  const RespNode* const node = nodes.take();
  if (node == nullptr) return {};
  ReplyTree tree{.type = node->type};
  if (protocol::is_aggregate(node->type)) {
    tree.elements.reserve(node->children);
    for (std::size_t i = 0; i < node->children; ++i) tree.elements.push_back(take_tree(nodes));
    return tree;
  }
  const bool has_format = node->type == RespType::verbatim && node->text.size() >= kFormatBytes;
  tree.text = node->text.substr(has_format ? kFormatBytes : 0);
  return tree;
}

}  // namespace

const ReplyTree* ReplyTree::find(std::string_view key) const noexcept {
  for (std::size_t i = 0; i + 1 < elements.size(); i += 2) {
    if (elements[i].text == key) return &elements[i + 1];
  }
  return nullptr;
}

ReplyTree tree_of(std::span<const RespNode> nodes) {
  client::ReplyNodes rest(nodes);
  return take_tree(rest);
}

}  // namespace quartz::cli
