#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "storage/arena.hpp"
#include "storage/operation.hpp"

// The nodes of an adaptive radix tree (Leis, Kemper, Neumann: "The Adaptive Radix Tree", ICDE
// 2013), laid out for one writer beside readers that take no lock:
//
//  - Whatever a reader may have reached never changes, except that an empty place is filled and
//  that
//    a slot gets a successor. Both are one release store, made after all that it leads to.
//  - A node that is full, or whose prefix must be cut, is replaced by a copy. The original stays in
//    the arena as it was; a reader in it misses only what is newer than the reader's sequence.

namespace quartz::storage {

/// One write of one key. Immutable.
struct Version {
  const std::byte* operation;
  Sequence sequence;
  const Version* previous;  // The write of the same key before this one, or null.

  std::string_view key() const noexcept { return OperationView(operation).key(); }
};

/// How many children a node has room for; `full` has a place for every byte.
enum class NodeKind : std::uint8_t { four, sixteen, forty_eight, full };

class Node;

/// A tagged pointer: empty, a leaf (newest version of one key) or a node. What a look-up needs to
/// know of the target before it has arrived from memory travels with the pointer:
///
///     bits 48-63   leaf: fingerprint of the key's hash      node: bytes of its prefix
///     bits  3-47   address                                  address
///     bits  1-2                                             kind
///     bit   0      1                                        0
class Slot {
 public:
  constexpr Slot() noexcept = default;

  static Slot leaf(const Version* version, std::uint64_t key_hash) noexcept {
    return Slot(address_of(version) | kLeafTag | (key_hash & kUpperMask));
  }
  static Slot node(const Node* node, NodeKind kind, std::size_t prefix_bytes) noexcept {
    return Slot(address_of(node) | (static_cast<std::uint64_t>(kind) << 1) |
                (static_cast<std::uint64_t>(prefix_bytes) << kUpperShift));
  }

  bool empty() const noexcept { return bits_ == 0; }
  bool is_leaf() const noexcept { return (bits_ & kLeafTag) != 0; }

  // Of a leaf.
  const Version* version() const noexcept { return at<const Version>(); }
  /// False for all but one in 65,536 keys that differ from the leaf's.
  bool may_be(std::uint64_t key_hash) const noexcept {
    return ((bits_ ^ key_hash) & kUpperMask) == 0;
  }

  // Of a node.
  NodeKind kind() const noexcept { return static_cast<NodeKind>((bits_ >> 1) & 3); }
  std::size_t prefix_bytes() const noexcept { return bits_ >> kUpperShift; }
  template <class T = Node>
  T* at() const noexcept {
    return reinterpret_cast<T*>(bits_ & kAddressMask);
  }

 private:
  static constexpr std::uint64_t kLeafTag = 1;
  static constexpr unsigned kUpperShift = 48;
  static constexpr std::uint64_t kUpperMask = ~std::uint64_t{0} << kUpperShift;
  static constexpr std::uint64_t kAddressMask = ~kUpperMask & ~std::uint64_t{7};

  explicit constexpr Slot(std::uint64_t bits) noexcept : bits_(bits) {}
  static std::uint64_t address_of(const void* pointer) noexcept {
    return reinterpret_cast<std::uint64_t>(pointer);
  }

  std::uint64_t bits_ = 0;
};
using AtomicSlot = std::atomic<Slot>;
static_assert(sizeof(Slot) == 8 && AtomicSlot::is_always_lock_free);

/// What all nodes begin with: the bytes that every key below shares beyond those that led here.
class Node {
 public:
  /// A prefix of up to so many bytes is kept in the node; of a longer one, its address.
  static constexpr std::size_t kPrefixBytesInline = 14;

  /// `bytes`, if longer than that, live as long as the tree (they are part of a key).
  void set_prefix(std::string_view bytes) noexcept;
  /// `size` is the slot's `prefix_bytes()`.
  std::string_view prefix(std::size_t size) const noexcept {
    if (size <= kPrefixBytesInline) {
      return {prefix_.data(), size};
    }
    const char* bytes;
    std::memcpy(&bytes, prefix_.data(), sizeof(bytes));
    return {bytes, size};
  }

 protected:
  Node() noexcept = default;
  // Children of a list, all of which are complete. The release store of it publishes the newest.
  std::atomic<std::uint16_t> count_{0};

 private:
  std::array<char, kPrefixBytesInline> prefix_{};
};
static_assert(sizeof(Node) == 16);

/// Which bytes have a child, one bit each.
using ByteSet = std::array<std::uint64_t, 4>;

/// A node with a list of up to `kCapacity` children in the order of their insertion. Keys are
/// packed eight to a word, since a vector load of bytes that the writer appends to would be a race.
template <std::size_t kCapacity>
class ListNode : public Node {
 public:
  const AtomicSlot* find(std::uint8_t byte) const noexcept {
    const std::size_t count = count_.load(std::memory_order_acquire);
    const std::size_t index = index_of(byte);
    return index < count ? &children_[index] : nullptr;
  }
  /// Writer. False if there is no room.
  bool add(std::uint8_t byte, Slot child) noexcept {
    const std::size_t count = count_.load(std::memory_order_relaxed);
    if (count == kCapacity) {
      return false;
    }
    children_[count].store(child, std::memory_order_relaxed);
    std::atomic<std::uint64_t>& word = words_[count / 8];
    word.store(word.load(std::memory_order_relaxed) | (std::uint64_t{byte} << (count % 8 * 8)),
               std::memory_order_relaxed);
    count_.store(static_cast<std::uint16_t>(count + 1), std::memory_order_release);
    return true;
  }
  ByteSet bytes() const noexcept {
    ByteSet set{};
    for_each([&set](std::uint8_t byte, const AtomicSlot&) {
      set[byte / 64] |= std::uint64_t{1} << (byte % 64);
    });
    return set;
  }
  template <class Visitor>
  void for_each(Visitor&& visitor) const {
    const std::size_t count = count_.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t word = words_[i / 8].load(std::memory_order_relaxed);
      visitor(static_cast<std::uint8_t>(word >> (i % 8 * 8)), children_[i]);
    }
  }
  /// Of the key that ends where this node's prefix does.
  AtomicSlot& terminal() noexcept { return terminal_; }
  const AtomicSlot& terminal() const noexcept { return terminal_; }

 private:
  static constexpr std::size_t kWords = (kCapacity + 7) / 8;

  // First place that holds `byte`, counting unused places, which hold zero; no place: >= kCapacity.
  std::size_t index_of(std::uint8_t byte) const noexcept {
#if defined(__SSE2__)
    if constexpr (kWords % 2 == 0) {
      return index_by_vectors(byte);
    }
#endif
    return index_by_words(byte);
  }
#if defined(__SSE2__)
  std::size_t index_by_vectors(std::uint8_t byte) const noexcept {
    const __m128i wanted = _mm_set1_epi8(static_cast<char>(byte));
    std::uint64_t matches = std::uint64_t{1} << kCapacity;
    for (std::size_t i = 0; i < kWords; i += 2) {
      const auto low = words_[i].load(std::memory_order_relaxed);
      const auto high = words_[i + 1].load(std::memory_order_relaxed);
      const __m128i keys =
          _mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low));
      const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(keys, wanted)));
      matches |= std::uint64_t{equal} << (i * 8);
    }
    return static_cast<std::size_t>(std::countr_zero(matches));
  }
#endif
  std::size_t index_by_words(std::uint8_t byte) const noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101u;
    for (std::size_t i = 0; i < kWords; ++i) {
      // A byte of `difference` is zero where the key matches. The subtraction flags the lowest such
      // byte rightly, and perhaps others above it, which do not matter.
      const std::uint64_t difference = words_[i].load(std::memory_order_relaxed) ^ (kOnes * byte);
      const std::uint64_t zeros = (difference - kOnes) & ~difference & (kOnes << 7);
      if (zeros != 0) {
        return i * 8 + static_cast<std::size_t>(std::countr_zero(zeros)) / 8;
      }
    }
    return kCapacity;
  }

  std::array<std::atomic<std::uint64_t>, kWords> words_{};
  std::array<AtomicSlot, kCapacity> children_{};
  AtomicSlot terminal_{};
};

/// A node with a place for every byte.
class FullNode : public Node {
 public:
  const AtomicSlot* find(std::uint8_t byte) const noexcept { return &children_[byte]; }
  /// Writer.
  bool add(std::uint8_t byte, Slot child) noexcept {
    children_[byte].store(child, std::memory_order_release);
    std::atomic<std::uint64_t>& word = bytes_[byte / 64];
    word.store(word.load(std::memory_order_relaxed) | (std::uint64_t{1} << (byte % 64)),
               std::memory_order_release);
    return true;
  }
  ByteSet bytes() const noexcept {
    ByteSet set;
    for (std::size_t i = 0; i < set.size(); ++i) {
      set[i] = bytes_[i].load(std::memory_order_acquire);
    }
    return set;
  }
  template <class Visitor>
  void for_each(Visitor&& visitor) const {
    for (std::size_t byte = 0; byte < children_.size(); ++byte) {
      if (!children_[byte].load(std::memory_order_relaxed).empty()) {
        visitor(static_cast<std::uint8_t>(byte), children_[byte]);
      }
    }
  }
  AtomicSlot& terminal() noexcept { return terminal_; }
  const AtomicSlot& terminal() const noexcept { return terminal_; }

 private:
  std::array<std::atomic<std::uint64_t>, 4> bytes_{};
  std::array<AtomicSlot, 256> children_{};
  AtomicSlot terminal_{};
};

// Aligned so that a list's keys, and all of the smallest node, lie in one cache line.
class alignas(64) Node4 : public ListNode<4> {};
class alignas(32) Node16 : public ListNode<16> {};
class alignas(64) Node48 : public ListNode<48> {};
class alignas(32) Node256 : public FullNode {};
static_assert(sizeof(Node4) == 64);

/// `visitor(node)` with the node of a slot as its own type.
template <class Visitor>
inline decltype(auto) visit_node(Slot slot, Visitor&& visitor) {
  switch (slot.kind()) {
    case NodeKind::four:
      return visitor(*slot.at<Node4>());
    case NodeKind::sixteen:
      return visitor(*slot.at<Node16>());
    case NodeKind::forty_eight:
      return visitor(*slot.at<Node48>());
    case NodeKind::full:
      break;
  }
  return visitor(*slot.at<Node256>());
}

/// The place of a node's child for `byte`, or null; of a full node it may be empty.
inline const AtomicSlot* find_child(Slot node, std::uint8_t byte) noexcept {
  return visit_node(node, [byte](const auto& at) { return at.find(byte); });
}
inline const AtomicSlot& terminal_of(Slot node) noexcept {
  return visit_node(node, [](const auto& at) -> const AtomicSlot& { return at.terminal(); });
}

// Making nodes: writer only. Nothing of a new node is visible until its slot is stored.

/// An empty node of the smallest kind. `prefix` lives as long as the tree.
Slot make_node(Arena& arena, std::string_view prefix);
/// Adds a child for a byte that has none. False if there is no room.
bool add_child(Slot node, std::uint8_t byte, Slot child) noexcept;
/// A copy of a node of limited room, of the next larger kind.
Slot grown_copy(Arena& arena, Slot node);
/// A copy of a node without the first `bytes` of its prefix.
Slot cut_copy(Arena& arena, Slot node, std::size_t bytes);

}  // namespace quartz::storage
