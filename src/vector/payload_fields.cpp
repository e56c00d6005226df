#include "vector/payload_fields.hpp"

#include <algorithm>

namespace quartz::vector {

std::uint32_t PayloadFields::add(const protocol::FilterPath& path) {
  std::uint32_t at = 0;
  for (const std::string& name : path.names) {
    auto& children = nodes_[at].children;
    const auto child = std::ranges::lower_bound(children, name, {}, &Child::name);
    if (child == children.end() || child->name != name) {
      const auto next = static_cast<std::uint32_t>(nodes_.size());
      children.insert(child, Child{name, next});
      const std::uint32_t root = at == 0 ? root_count_++ : nodes_[at].root;
      nodes_.push_back(Node{kNone, root, {}});  // Moves the nodes, and `children` with them.
      at = next;
    } else {
      at = child->node;
    }
  }
  Node& node = nodes_[at];
  if (node.field == kNone) {
    node.field = count();
    root_of_field_.push_back(node.root);
  }
  return node.field;
}

const PayloadFields::Node* PayloadFields::find(const Node& node,
                                               std::string_view name) const noexcept {
  // Few fields are looked through faster than searched.
  constexpr std::size_t kFew = 8;
  if (node.children.size() <= kFew) {
    for (const Child& child : node.children) {
      if (child.name == name) return &nodes_[child.node];
    }
    return nullptr;
  }
  const auto child = std::ranges::lower_bound(node.children, name, {}, &Child::name);
  return child != node.children.end() && child->name == name ? &nodes_[child->node] : nullptr;
}

}  // namespace quartz::vector
