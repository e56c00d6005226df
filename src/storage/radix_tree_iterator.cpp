#include "storage/radix_tree_iterator.hpp"

#include <algorithm>
#include <bit>

namespace quartz::storage {
namespace {

// Smallest member of at least `from`, or `kNone`.
constexpr std::int32_t kNone = 256;
std::int32_t first_at_or_after(const ByteSet& set, std::int32_t from) noexcept {
  if (from >= kNone) {
    return kNone;
  }
  auto word = static_cast<std::size_t>(from) / 64;
  std::uint64_t bits = set[word] & (~std::uint64_t{0} << (from % 64));
  while (bits == 0) {
    if (++word == set.size()) {
      return kNone;
    }
    bits = set[word];
  }
  return static_cast<std::int32_t>(word * 64) + std::countr_zero(bits);
}

// Largest member below `end`, or `kNone`.
std::int32_t last_before(const ByteSet& set, std::int32_t end) noexcept {
  if (end <= 0) {
    return kNone;
  }
  auto word = static_cast<std::size_t>(end - 1) / 64;
  std::uint64_t bits = set[word] & (~std::uint64_t{0} >> (63 - (end - 1) % 64));
  while (bits == 0) {
    if (word-- == 0) {
      return kNone;
    }
    bits = set[word];
  }
  return static_cast<std::int32_t>(word * 64) + 63 - std::countl_zero(bits);
}

Slot child_at(Slot node, std::int32_t position) noexcept {
  return find_child(node, static_cast<std::uint8_t>(position))->load(std::memory_order_acquire);
}

// How the keys below a node lie relative to a wanted key.
enum class Relation : std::uint8_t { all_less, all_greater, some_equal };

Relation compare_prefix(Slot node, std::string_view key, std::size_t depth) noexcept {
  const std::string_view prefix = node.at()->prefix(node.prefix_bytes());
  const std::string_view rest = key.substr(depth);
  const std::size_t shared = common_prefix_bytes(prefix, rest);
  if (shared == prefix.size()) {
    return Relation::some_equal;
  }
  if (shared == rest.size()) {
    return Relation::all_greater;  // Every key below continues where the wanted one ends.
  }
  const auto below = static_cast<std::uint8_t>(prefix[shared]);
  const auto wanted = static_cast<std::uint8_t>(rest[shared]);
  return below < wanted ? Relation::all_less : Relation::all_greater;
}

// The leaves of a node are scattered over the arena in the order of insertion. Asked for together,
// they arrive together.
void prefetch_children(Slot node) noexcept {
  if (node.kind() == NodeKind::full) {
    return;  // Mostly inner nodes, and too many to be kept until they are reached.
  }
  visit_node(node, [](const auto& at) {
    at.for_each([](std::uint8_t, const AtomicSlot& child) {
      __builtin_prefetch(child.load(std::memory_order_relaxed).template at<const Version>());
    });
  });
}

void prefetch_bytes(const void* at, std::size_t bytes) noexcept {
  for (std::size_t line = 0; line < bytes; line += 64) {
    __builtin_prefetch(static_cast<const char*>(at) + line);
  }
}

void prefetch_operation(const Version* version) noexcept {
  constexpr std::size_t kUsualOperationBytes = 128;
  prefetch_bytes(version->operation, kUsualOperationBytes);
}

// What an iterator will read there: in three steps, because each is only known when the one before
// it has arrived. A slot is asked for its own memory two moves before it is entered, for what lies
// there points to one move before, and for the operations behind that when it is entered.
void prefetch_two_moves_ahead(Slot slot) noexcept {
  if (slot.is_leaf()) return __builtin_prefetch(slot.version());
  constexpr std::size_t kSmallNodeBytes = 192;
  prefetch_bytes(slot.at(), kSmallNodeBytes);
}

void prefetch_one_move_ahead(Slot slot) noexcept {
  if (slot.is_leaf()) return prefetch_operation(slot.version());
  prefetch_children(slot);
}

void prefetch_operations(Slot slot) noexcept {
  if (slot.is_leaf() || slot.kind() == NodeKind::full) return;
  visit_node(slot, [](const auto& at) {
    at.for_each([](std::uint8_t, const AtomicSlot& child) {
      const Slot leaf = child.load(std::memory_order_acquire);
      if (leaf.is_leaf()) prefetch_operation(leaf.version());
    });
  });
}

// `next` gives the position that follows one, or `kNone`.
template <class Next>
void prefetch_siblings(Slot node, std::int32_t position, const Next& next) noexcept {
  prefetch_operations(child_at(node, position));
  const std::int32_t second = next(position);
  if (second == kNone) return;
  prefetch_one_move_ahead(child_at(node, second));
  const std::int32_t third = next(second);
  if (third != kNone) prefetch_two_moves_ahead(child_at(node, third));
}

}  // namespace

Slot RadixTree::Iterator::reset() noexcept {
  version_ = nullptr;
  height_ = 0;
  return tree_ == nullptr ? Slot() : tree_->root_.load(std::memory_order_acquire);
}

void RadixTree::Iterator::grow() {
  auto larger = std::make_unique<Frame[]>(capacity_ * 2);
  std::copy_n(frames(), height_, larger.get());
  more_frames_ = std::move(larger);
  capacity_ *= 2;
}

RadixTree::Iterator::Frame& RadixTree::Iterator::push(Slot node, std::int32_t position) {
  if (height_ == capacity_) {
    grow();
  }
  Frame& frame = frames()[height_++];
  frame.node = node;
  frame.bytes = visit_node(node, [](const auto& at) { return at.bytes(); });
  frame.position = position;
  return frame;
}

void RadixTree::Iterator::enter_first(Slot slot) {
  while (!slot.is_leaf()) {
    prefetch_children(slot);
    Frame& frame = push(slot, kTerminal);
    const Slot terminal = terminal_of(slot).load(std::memory_order_acquire);
    if (!terminal.empty()) {
      slot = terminal;
      break;
    }
    frame.position = first_at_or_after(frame.bytes, 0);
    slot = child_at(frame.node, frame.position);
  }
  version_ = slot.version();
}

void RadixTree::Iterator::enter_last(Slot slot) {
  while (!slot.is_leaf()) {
    prefetch_children(slot);
    Frame& frame = push(slot, kAfterAll);
    frame.position = last_before(frame.bytes, kAfterAll);  // Every node has a child.
    slot = child_at(frame.node, frame.position);
  }
  version_ = slot.version();
}

void RadixTree::Iterator::advance() {
  for (; height_ > 0; --height_) {
    Frame& frame = top();
    const std::int32_t position = first_at_or_after(frame.bytes, frame.position + 1);
    if (position != kNone) {
      frame.position = position;
      prefetch_siblings(frame.node, position, [&](std::int32_t from) {
        return first_at_or_after(frame.bytes, from + 1);
      });
      return enter_first(child_at(frame.node, position));
    }
  }
  version_ = nullptr;
}

void RadixTree::Iterator::retreat() {
  for (; height_ > 0; --height_) {
    Frame& frame = top();
    const std::int32_t position = last_before(frame.bytes, frame.position);
    if (position != kNone) {
      frame.position = position;
      prefetch_siblings(frame.node, position,
                        [&](std::int32_t from) { return last_before(frame.bytes, from); });
      return enter_last(child_at(frame.node, position));
    }
    const Slot terminal = terminal_of(frame.node).load(std::memory_order_acquire);
    if (frame.position > kTerminal && !terminal.empty()) {
      frame.position = kTerminal;
      version_ = terminal.version();
      return;
    }
  }
  version_ = nullptr;
}

void RadixTree::Iterator::seek_to_first() {
  if (const Slot root = reset(); !root.empty()) {
    enter_first(root);
  }
}

void RadixTree::Iterator::seek_to_last() {
  if (const Slot root = reset(); !root.empty()) {
    enter_last(root);
  }
}

void RadixTree::Iterator::next() { advance(); }

void RadixTree::Iterator::previous() { retreat(); }

void RadixTree::Iterator::seek(std::string_view key) {
  Slot slot = reset();
  std::size_t depth = 0;
  while (!slot.empty()) {
    if (slot.is_leaf()) {
      if (slot.version()->key() < key) {
        break;
      }
      version_ = slot.version();
      return;
    }
    const Relation relation = compare_prefix(slot, key, depth);
    if (relation == Relation::all_less) {
      break;
    }
    depth += slot.prefix_bytes();
    if (relation == Relation::all_greater || depth == key.size()) {
      return enter_first(slot);
    }
    const std::uint8_t byte = static_cast<std::uint8_t>(key[depth++]);
    const Frame& frame = push(slot, byte);
    if (first_at_or_after(frame.bytes, byte) != byte) {
      break;
    }
    slot = child_at(slot, byte);
  }
  advance();
}

void RadixTree::Iterator::seek_for_previous(std::string_view key) {
  Slot slot = reset();
  std::size_t depth = 0;
  while (!slot.empty()) {
    if (slot.is_leaf()) {
      if (slot.version()->key() > key) {
        break;
      }
      version_ = slot.version();
      return;
    }
    const Relation relation = compare_prefix(slot, key, depth);
    if (relation == Relation::all_less) {
      return enter_last(slot);
    }
    if (relation == Relation::all_greater) {
      break;
    }
    depth += slot.prefix_bytes();
    if (depth == key.size()) {
      // Only the terminal can be as small; from the first byte a retreat comes to it.
      push(slot, 0);
      break;
    }
    const std::uint8_t byte = static_cast<std::uint8_t>(key[depth++]);
    const Frame& frame = push(slot, byte);
    if (first_at_or_after(frame.bytes, byte) != byte) {
      break;
    }
    slot = child_at(slot, byte);
  }
  retreat();
}

}  // namespace quartz::storage
