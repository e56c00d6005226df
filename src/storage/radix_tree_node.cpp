#include "storage/radix_tree_node.hpp"

#include <type_traits>

#include "base/check.hpp"

namespace quartz::storage {
namespace {

template <class Source, class Target>
void copy_children(const Source& source, Target& target) noexcept {
  source.for_each([&target](std::uint8_t byte, const AtomicSlot& child) {
    target.add(byte, child.load(std::memory_order_relaxed));
  });
  target.terminal().store(source.terminal().load(std::memory_order_relaxed),
                          std::memory_order_relaxed);
}

// Of a bare node the kind is known by its type.
constexpr NodeKind kind_of(const Node4&) noexcept { return NodeKind::four; }
constexpr NodeKind kind_of(const Node16&) noexcept { return NodeKind::sixteen; }
constexpr NodeKind kind_of(const Node48&) noexcept { return NodeKind::forty_eight; }
constexpr NodeKind kind_of(const Node256&) noexcept { return NodeKind::full; }

template <class Target, class Source>
Slot copy_as(Arena& arena, const Source& source, std::string_view prefix) {
  auto* copy = arena.make<Target>();
  copy->set_prefix(prefix);
  copy_children(source, *copy);
  return Slot::node(copy, kind_of(*copy), prefix.size());
}

}  // namespace

void Node::set_prefix(std::string_view bytes) noexcept {
  if (bytes.size() > kPrefixBytesInline) {
    const char* address = bytes.data();
    std::memcpy(prefix_.data(), &address, sizeof(address));
  } else if (!bytes.empty()) {
    std::memcpy(prefix_.data(), bytes.data(), bytes.size());
  }
}

Slot make_node(Arena& arena, std::string_view prefix) {
  auto* node = arena.make<Node4>();
  node->set_prefix(prefix);
  return Slot::node(node, NodeKind::four, prefix.size());
}

bool add_child(Slot node, std::uint8_t byte, Slot child) noexcept {
  return visit_node(node, [&](auto& at) { return at.add(byte, child); });
}

Slot grown_copy(Arena& arena, Slot node) {
  const std::string_view prefix = node.at()->prefix(node.prefix_bytes());
  switch (node.kind()) {
    case NodeKind::four:
      return copy_as<Node16>(arena, *node.at<Node4>(), prefix);
    case NodeKind::sixteen:
      return copy_as<Node48>(arena, *node.at<Node16>(), prefix);
    case NodeKind::forty_eight:
      return copy_as<Node256>(arena, *node.at<Node48>(), prefix);
    case NodeKind::full:
      break;
  }
  QUARTZ_CHECK(node.kind() != NodeKind::full);
  return node;
}

Slot cut_copy(Arena& arena, Slot node, std::size_t bytes) {
  // What is kept in the node is short, so what remains of it is copied and never pointed to.
  const std::string_view prefix = node.at()->prefix(node.prefix_bytes()).substr(bytes);
  return visit_node(node, [&](const auto& at) {
    return copy_as<std::remove_cvref_t<decltype(at)>>(arena, at, prefix);
  });
}

}  // namespace quartz::storage
