#include "storage/row_memory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <new>
#include <utility>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/memory_poison.hpp"
#include "base/mutex.hpp"
#include "base/thread_slot.hpp"
#include "io/mapping.hpp"

namespace quartz::storage {
namespace {

constexpr std::size_t kChunkBytes = io::Mapping::kHugePageBytes;
constexpr std::size_t kSpanBytes = std::size_t{64} << 10;
constexpr std::size_t kSpans = kChunkBytes / kSpanBytes;

// Four sizes to each power of two: at most a fifth is lost to rounding.
constexpr std::size_t kSmallestBytes = 64;
constexpr std::size_t kStepsPerPower = 4;
constexpr std::size_t kClasses =
    (std::bit_width(RowMemory::kBlockBytesMax) - std::bit_width(kSmallestBytes)) * kStepsPerPower +
    1;

std::size_t class_of(std::size_t bytes) noexcept {
  if (bytes <= kSmallestBytes) return 0;
  const auto power = static_cast<std::size_t>(std::bit_width(bytes - 1)) - 1;
  const std::size_t step = ((bytes - 1) >> (power - 2)) & (kStepsPerPower - 1);
  return (power - (std::bit_width(kSmallestBytes) - 1)) * kStepsPerPower + step + 1;
}

std::size_t class_bytes(std::size_t size_class) noexcept {
  const std::size_t power = size_class / kStepsPerPower;
  const std::size_t step = size_class % kStepsPerPower;
  return (kSmallestBytes << power) + ((kSmallestBytes << power) / kStepsPerPower) * step;
}

struct FreeBlock {
  FreeBlock* next;
};

class RowArena;

/// 64 KiB of blocks of one size.
struct Span {
  Span* newer = nullptr;  // Among those of its size that have room.
  Span* older = nullptr;
  FreeBlock* free = nullptr;    // Blocks that were given back.
  std::byte* unused = nullptr;  // From here on no block was handed out yet.
  std::byte* end = nullptr;
  std::uint32_t used = 0;  // Blocks handed out.
  std::uint32_t size_class = 0;
  bool has_room = false;
};

constexpr std::uint32_t kAllFree = ~std::uint32_t{1};  // A bit each; the first is taken.

/// A huge page: its own description in the first span, blocks in the others.
struct Chunk {
  io::Mapping memory;  // Of this chunk itself.
  RowArena* arena = nullptr;
  Chunk* newer = nullptr;  // Among those with free spans.
  Chunk* older = nullptr;
  std::uint32_t free_spans = kAllFree;
  std::array<Span, kSpans> spans;
};
static_assert(kSpans == 32 && sizeof(Chunk) <= kSpanBytes);

template <class Node>
void push(Node*& first, Node* node) noexcept {
  node->newer = nullptr;
  node->older = first;
  if (first != nullptr) first->newer = node;
  first = node;
}

template <class Node>
void unlink(Node*& first, Node* node) noexcept {
  (node->newer == nullptr ? first : node->newer->older) = node->older;
  if (node->older != nullptr) node->older->newer = node->newer;
}

Chunk* chunk_of(const void* block) noexcept {
  return reinterpret_cast<Chunk*>(reinterpret_cast<std::uintptr_t>(block) & ~(kChunkBytes - 1));
}

std::atomic<std::size_t> chunks_mapped{0};

class alignas(128) RowArena {
 public:
  void* allocate(std::size_t size_class) {
    MutexLock lock(mutex_);
    Span* span = with_room_[size_class];
    if (span == nullptr) span = begin_span(size_class);
    void* block = span->free;
    if (block != nullptr) {
      release_memory(block, class_bytes(size_class));
      span->free = span->free->next;
    } else {
      block = std::exchange(span->unused, span->unused + class_bytes(size_class));
    }
    ++span->used;
    if (span->free == nullptr && !fits(*span)) {
      span->has_room = false;
      unlink(with_room_[size_class], span);
    }
    return block;
  }

  void free(Chunk* chunk, void* block) noexcept {
    io::Mapping unmapped;  // After the lock is gone.
    MutexLock lock(mutex_);
    const auto index = static_cast<std::size_t>(static_cast<std::byte*>(block) -
                                                reinterpret_cast<std::byte*>(chunk)) /
                       kSpanBytes;
    Span* span = &chunk->spans[index];
    span->free = new (block) FreeBlock{span->free};
    poison_memory(block, class_bytes(span->size_class));
    if (--span->used == 0) {
      unmapped = end_span(chunk, index);
    } else if (!span->has_room) {
      span->has_room = true;
      push(with_room_[span->size_class], span);
    }
  }

 private:
  static bool fits(const Span& span) noexcept {
    return static_cast<std::size_t>(span.end - span.unused) >= class_bytes(span.size_class);
  }

  Span* begin_span(std::size_t size_class) QUARTZ_REQUIRES(mutex_) {
    if (with_spans_ == nullptr) add_chunk();
    Chunk* chunk = with_spans_;
    if (chunk->free_spans == kAllFree) keeps_empty_chunk_ = false;
    const auto index = static_cast<std::size_t>(std::countr_zero(chunk->free_spans));
    chunk->free_spans &= chunk->free_spans - 1;
    if (chunk->free_spans == 0) unlink(with_spans_, chunk);
    Span* span = &chunk->spans[index];
    std::byte* const begin = chunk->memory.data() + index * kSpanBytes;
    release_memory(begin, kSpanBytes);
    *span = {.unused = begin,
             .end = begin + kSpanBytes,
             .size_class = static_cast<std::uint32_t>(size_class),
             .has_room = true};
    push(with_room_[size_class], span);
    return span;
  }

  // The chunk's memory if nothing of it is used any more, and another one is empty already: the
  // last is kept, so that a row that comes and goes does not map and unmap it each time.
  io::Mapping end_span(Chunk* chunk, std::size_t index) noexcept QUARTZ_REQUIRES(mutex_) {
    Span* span = &chunk->spans[index];
    if (span->has_room) unlink(with_room_[span->size_class], span);
    if (chunk->free_spans == 0) push(with_spans_, chunk);
    chunk->free_spans |= std::uint32_t{1} << index;
    if (chunk->free_spans != kAllFree) return {};
    if (!std::exchange(keeps_empty_chunk_, true)) return {};
    unlink(with_spans_, chunk);
    chunks_mapped.fetch_sub(1, std::memory_order_relaxed);
    release_memory(chunk, kChunkBytes);
    io::Mapping memory = std::move(chunk->memory);
    chunk->~Chunk();
    return memory;
  }

  void add_chunk() QUARTZ_REQUIRES(mutex_) {
    auto memory = io::Mapping::anonymous(kChunkBytes);
    if (!memory) throw std::bad_alloc();
    QUARTZ_CHECK(chunk_of(memory->data()) == static_cast<void*>(memory->data()));
    auto* chunk = new (memory->data()) Chunk;
    chunk->memory = *std::move(memory);
    chunk->arena = this;
    push(with_spans_, chunk);
    chunks_mapped.fetch_add(1, std::memory_order_relaxed);
  }

  Mutex mutex_;
  std::array<Span*, kClasses> with_room_ QUARTZ_GUARDED_BY(mutex_) = {};
  Chunk* with_spans_ QUARTZ_GUARDED_BY(mutex_) = nullptr;  // Chunks that have free ones.
  bool keeps_empty_chunk_ QUARTZ_GUARDED_BY(mutex_) = false;
};

// Threads are spread over them, so that fills seldom meet. Never destroyed: rows are freed until
// the process ends.
constexpr std::size_t kArenas = 8;
RowArena& arena_of_this_thread() {
  static auto* const arenas = new std::array<RowArena, kArenas>;
  return (*arenas)[this_thread_slot().index % kArenas];
}

}  // namespace

void* RowMemory::allocate(std::size_t bytes) {
  if (bytes > kBlockBytesMax) return ::operator new(bytes);
  return arena_of_this_thread().allocate(class_of(bytes));
}

void RowMemory::free(void* block, std::size_t bytes) noexcept {
  if (bytes > kBlockBytesMax) return ::operator delete(block);
  Chunk* const chunk = chunk_of(block);
  chunk->arena->free(chunk, block);
}

std::size_t RowMemory::block_bytes(std::size_t bytes) noexcept {
  constexpr std::size_t kAllocatorBytes = 16;
  if (bytes > kBlockBytesMax) return round_up(bytes + kAllocatorBytes, 16);
  return class_bytes(class_of(bytes));
}

std::size_t RowMemory::mapped_bytes() noexcept {
  return chunks_mapped.load(std::memory_order_relaxed) * kChunkBytes;
}

}  // namespace quartz::storage
