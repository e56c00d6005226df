#include "storage/radix_tree.hpp"

#include <algorithm>
#include <array>

namespace quartz::storage {
namespace {

std::uint8_t byte_at(std::string_view key, std::size_t index) noexcept {
  return static_cast<std::uint8_t>(key[index]);
}

// Puts the leaf of `key`, of which `depth` bytes led to `node`, below a node that has room.
void add_leaf(Slot node, std::string_view key, std::size_t depth, Slot leaf) noexcept {
  if (depth == key.size()) {
    visit_node(node, [leaf](auto& at) { at.terminal().store(leaf, std::memory_order_release); });
  } else {
    add_child(node, byte_at(key, depth), leaf);
  }
}

// A node in place of a leaf: both keys below what they share beyond `depth`.
Slot split_leaf(Arena& arena, Slot existing, Slot added, std::size_t depth) {
  const std::string_view existing_key = existing.version()->key();
  const std::string_view added_key = added.version()->key();
  const std::size_t shared =
      common_prefix_bytes(existing_key.substr(depth), added_key.substr(depth));
  const Slot node = make_node(arena, added_key.substr(depth, shared));
  add_leaf(node, existing_key, depth + shared, existing);
  add_leaf(node, added_key, depth + shared, added);
  return node;
}

// A node in place of one whose prefix shares only `shared` bytes with the key beyond `depth`.
Slot split_prefix(Arena& arena, Slot existing, std::size_t shared, Slot added, std::size_t depth) {
  const std::string_view prefix = existing.at()->prefix(existing.prefix_bytes());
  const std::string_view key = added.version()->key();
  // The key's bytes stand for the shared part: those of the prefix may lie in a node.
  const Slot node = make_node(arena, key.substr(depth, shared));
  add_child(node, byte_at(prefix, shared), cut_copy(arena, existing, shared + 1));
  add_leaf(node, key, depth + shared, added);
  return node;
}

// The way to a key's place, one cache miss at a time.
class Approach {
 public:
  Approach() noexcept = default;
  Approach(Slot root, std::string_view key) noexcept : slot_(root), key_(key) {}

  // False at the end.
  bool step() noexcept {
    if (version_ != nullptr) {
      __builtin_prefetch(version_->operation);
      return false;
    }
    if (slot_.empty()) return false;
    if (slot_.is_leaf()) {
      version_ = slot_.version();
      __builtin_prefetch(version_);
      return true;
    }
    depth_ += slot_.prefix_bytes();
    if (depth_ >= key_.size()) return false;
    const AtomicSlot* const child = find_child(slot_, byte_at(key_, depth_++));
    if (child == nullptr) return false;
    slot_ = child->load(std::memory_order_relaxed);
    if (!slot_.is_leaf()) __builtin_prefetch(slot_.at());
    return true;
  }

 private:
  Slot slot_;
  std::string_view key_;
  std::size_t depth_ = 0;
  const Version* version_ = nullptr;
};

}  // namespace

std::size_t common_prefix_bytes(std::string_view a, std::string_view b) noexcept {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t i = 0;
  for (; i + 8 <= limit; i += 8) {
    std::uint64_t left;
    std::uint64_t right;
    std::memcpy(&left, a.data() + i, 8);
    std::memcpy(&right, b.data() + i, 8);
    if (left != right) {
      return i + static_cast<std::size_t>(std::countr_zero(left ^ right)) / 8;
    }
  }
  while (i < limit && a[i] == b[i]) {
    ++i;
  }
  return i;
}

void RadixTree::insert(Arena& arena, Version& version, std::uint64_t key_hash) {
  const std::string_view key = version.key();
  const Slot added = Slot::leaf(&version, key_hash);

  // `place` holds what the first `depth` bytes of the key lead to. Its store publishes everything
  // that was prepared below it.
  AtomicSlot* place = &root_;
  std::size_t depth = 0;
  for (;;) {
    const Slot slot = place->load(std::memory_order_relaxed);
    if (slot.empty()) {
      place->store(added, std::memory_order_release);
      return;
    }
    if (slot.is_leaf()) {
      if (slot.may_be(key_hash) && slot.version()->key() == key) {
        version.previous = slot.version();
        place->store(added, std::memory_order_release);
        return;
      }
      place->store(split_leaf(arena, slot, added, depth), std::memory_order_release);
      return;
    }
    if (const std::size_t prefix_bytes = slot.prefix_bytes(); prefix_bytes > 0) {
      const std::string_view prefix = slot.at()->prefix(prefix_bytes);
      const std::size_t shared = common_prefix_bytes(prefix, key.substr(depth));
      if (shared < prefix_bytes) {
        place->store(split_prefix(arena, slot, shared, added, depth), std::memory_order_release);
        return;
      }
      depth += prefix_bytes;
    }
    if (depth == key.size()) {
      place = const_cast<AtomicSlot*>(&terminal_of(slot));
      continue;
    }
    const std::uint8_t byte = byte_at(key, depth++);
    const AtomicSlot* child = find_child(slot, byte);
    if (child == nullptr || child->load(std::memory_order_relaxed).empty()) {
      if (!add_child(slot, byte, added)) {
        const Slot larger = grown_copy(arena, slot);
        add_child(larger, byte, added);
        place->store(larger, std::memory_order_release);
      }
      return;
    }
    place = const_cast<AtomicSlot*>(child);
  }
}

void RadixTree::approach(std::span<const Version> versions) const noexcept {
  std::array<Approach, kApproachedMax> walks;
  std::size_t walking = 0;
  const Slot root = root_.load(std::memory_order_relaxed);
  for (const Version& version : versions) walks[walking++] = Approach(root, version.key());
  while (walking > 0) {
    std::size_t left = 0;
    for (std::size_t i = 0; i < walking; ++i) {
      if (walks[i].step()) walks[left++] = walks[i];
    }
    walking = left;
  }
}

const Version* RadixTree::find(std::string_view key, std::uint64_t key_hash,
                               Sequence at) const noexcept {
  // Prefixes are skipped unread: the comparison of the whole key at the leaf judges them too, and
  // not touching them saves the descent a cache miss per full node.
  Slot slot = root_.load(std::memory_order_acquire);
  std::size_t depth = 0;
  while (!slot.is_leaf()) {
    if (slot.empty()) {
      return nullptr;
    }
    depth += slot.prefix_bytes();
    if (depth >= key.size()) {
      if (depth > key.size()) {
        return nullptr;
      }
      slot = terminal_of(slot).load(std::memory_order_acquire);
      break;
    }
    const AtomicSlot* child = find_child(slot, byte_at(key, depth++));
    if (child == nullptr) {
      return nullptr;
    }
    slot = child->load(std::memory_order_acquire);
  }
  if (slot.empty() || !slot.may_be(key_hash)) {
    return nullptr;
  }
  const Version* version = slot.version();
  if (version->key() != key) {
    return nullptr;
  }
  while (version != nullptr && version->sequence > at) {
    version = version->previous;
  }
  return version;
}

}  // namespace quartz::storage
