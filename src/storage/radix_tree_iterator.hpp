#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "storage/radix_tree.hpp"

namespace quartz::storage {

/// Moves over the keys of a tree in order, showing each key's newest version.
///
/// Beside the writer it meets every key that was there when the iterator was moved to its position
/// by a seek; of keys inserted since it may show some. The tree must outlive it.
/// Threads: one at a time. Cost: constant amortised per move; no recursion, and memory in
/// proportion to the height of the tree.
class RadixTree::Iterator {
 public:
  /// Over no tree at all (null) it is never valid.
  explicit Iterator(const RadixTree* tree) noexcept : tree_(tree) {}
  Iterator(Iterator&&) noexcept = default;
  Iterator& operator=(Iterator&&) noexcept = default;

  void seek_to_first();
  void seek_to_last();
  void seek(std::string_view key);               // Smallest >= key.
  void seek_for_previous(std::string_view key);  // Largest <= key.
  // Only while valid.
  void next();
  void previous();

  bool valid() const noexcept { return version_ != nullptr; }
  const Version* version() const noexcept { return version_; }

 private:
  // Where the iterator stands in one node: at a child's byte, at the terminal before all bytes, or
  // beyond either end. The children are those at the time of entry; later ones are newer than
  // whatever the iterator has to show, and the entry's list makes each step a bit scan.
  struct Frame {
    Slot node;
    ByteSet bytes{};
    std::int32_t position = 0;
  };
  static constexpr std::int32_t kBeforeAll = -2;
  static constexpr std::int32_t kTerminal = -1;
  static constexpr std::int32_t kAfterAll = 256;

  Slot reset() noexcept;
  Frame& push(Slot node, std::int32_t position);
  Frame& top() noexcept { return frames()[height_ - 1]; }
  Frame* frames() noexcept { return more_frames_ ? more_frames_.get() : few_frames_.data(); }
  void grow();

  void advance();
  void retreat();
  void enter_first(Slot slot);
  void enter_last(Slot slot);

  const RadixTree* tree_;
  const Version* version_ = nullptr;
  std::size_t height_ = 0;
  // Trees are low unless their keys are long and nested; then the frames move to the heap.
  static constexpr std::size_t kFewFrames = 12;
  std::size_t capacity_ = kFewFrames;
  std::unique_ptr<Frame[]> more_frames_;
  std::array<Frame, kFewFrames> few_frames_;
};

}  // namespace quartz::storage
