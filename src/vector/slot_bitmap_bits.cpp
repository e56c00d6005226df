// Between compressed sets and plain bits, by way of the form in which CRoaring writes its sets to
// files (https://github.com/RoaringBitmap/RoaringFormatSpec): the only one that gives whole words.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include <roaring/roaring.h>

#include "base/coding.hpp"
#include "vector/slot_bitmap.hpp"

namespace quartz::vector {
namespace {

// A container holds the slots that have their upper 16 bits in common.
constexpr std::size_t kContainerSlots = 1 << 16;
constexpr std::size_t kContainerWords = kContainerSlots / 64;
constexpr std::size_t kContainerBytes = kContainerSlots / 8;
// Up to so many slots are listed, more are bits.
constexpr std::size_t kListedMax = 4096;
constexpr std::uint32_t kCookie = 12346;
constexpr std::uint32_t kCookieWithRuns = 12347;
// With runs, offsets are only there for so many containers.
constexpr std::size_t kOffsetsMin = 4;

struct Container {
  std::size_t key = 0;
  std::size_t count = 0;
};

// By sums within bytes, for several words at once: not every processor that this runs on has an
// instruction for it.
std::size_t count_bits(std::span<const std::uint64_t> words) noexcept {
  constexpr std::size_t kTogether = 16;  // A byte of their sum is at most 128.
  std::size_t total = 0;
  while (!words.empty()) {
    const auto part = words.first(std::min(words.size(), kTogether));
    std::uint64_t sums = 0;
    for (std::uint64_t word : part) {
      word -= word >> 1 & 0x5555555555555555;
      word = (word & 0x3333333333333333) + (word >> 2 & 0x3333333333333333);
      sums += (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F;
    }
    sums = (sums & 0x00FF00FF00FF00FF) + (sums >> 8 & 0x00FF00FF00FF00FF);
    total += sums * 0x0001000100010001 >> 48;
    words = words.subspan(part.size());
  }
  return total;
}

class Writer {
 public:
  explicit Writer(std::span<const std::uint64_t> words) : words_(words) {
    for (std::size_t key = 0; key * kContainerWords < words.size(); ++key) {
      if (const std::size_t count = count_bits(part(key)); count != 0) {
        containers_.push_back({key, count});
      }
    }
  }

  std::size_t count() const noexcept { return containers_.size(); }

  std::size_t byte_count() const noexcept {
    std::size_t size = header_bytes();
    for (const Container& one : containers_) size += bytes_of(one);
    return size;
  }

  void write(std::byte* at) noexcept {
    at_ = at;
    std::size_t offset = header_bytes();
    put(kCookie);
    put(static_cast<std::uint32_t>(containers_.size()));
    for (const Container& one : containers_) {
      put(static_cast<std::uint16_t>(one.key));
      put(static_cast<std::uint16_t>(one.count - 1));
    }
    for (const Container& one : containers_) {
      put(static_cast<std::uint32_t>(offset));
      offset += bytes_of(one);
    }
    for (const Container& one : containers_) put_slots(one);
  }

 private:
  std::size_t header_bytes() const noexcept { return 8 + 8 * containers_.size(); }
  static std::size_t bytes_of(const Container& one) noexcept {
    return one.count <= kListedMax ? 2 * one.count : kContainerBytes;
  }
  std::span<const std::uint64_t> part(std::size_t key) const {
    const auto rest = words_.subspan(key * kContainerWords);
    return rest.first(std::min(rest.size(), kContainerWords));
  }
  template <class T>
  void put(T value) noexcept {
    store(at_, value);
    at_ += sizeof(T);
  }

  void put_slots(const Container& one) noexcept {
    const auto words = part(one.key);
    if (one.count > kListedMax) {
      std::memcpy(at_, words.data(), words.size_bytes());
      std::memset(at_ + words.size_bytes(), 0, kContainerBytes - words.size_bytes());
      at_ += kContainerBytes;
      return;
    }
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::uint64_t word = words[i]; word != 0; word &= word - 1) {
        put(static_cast<std::uint16_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(word))));
      }
    }
  }

  std::span<const std::uint64_t> words_;
  std::vector<Container> containers_;
  std::byte* at_ = nullptr;
};

class Reader {
 public:
  Reader(const std::byte* bytes, std::span<std::uint64_t> words) : at_(bytes), words_(words) {}

  void read() {
    const std::uint32_t cookie = take32();
    const bool has_runs = (cookie & 0xFFFF) == kCookieWithRuns;
    const std::size_t count = has_runs ? (cookie >> 16) + 1 : take32();
    const std::byte* const is_run = at_;
    if (has_runs) at_ += (count + 7) / 8;
    const std::byte* header = at_;
    at_ += 4 * count;
    if (!has_runs || count >= kOffsetsMin) at_ += 4 * count;
    for (std::size_t i = 0; i < count; ++i, header += 4) {
      const std::size_t base = std::size_t{load<std::uint16_t>(header)} * kContainerSlots;
      const std::size_t slots = load<std::uint16_t>(header + 2) + std::size_t{1};
      if (has_runs && (std::to_integer<unsigned>(is_run[i / 8]) >> (i % 8) & 1) != 0) {
        read_runs(base);
      } else if (slots <= kListedMax) {
        read_list(base, slots);
      } else {
        read_bits(base);
      }
    }
  }

 private:
  std::uint16_t take16() {
    at_ += 2;
    return load<std::uint16_t>(at_ - 2);
  }
  std::uint32_t take32() {
    at_ += 4;
    return load<std::uint32_t>(at_ - 4);
  }
  void set(std::size_t slot) {
    if (slot / 64 < words_.size()) words_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }

  void read_list(std::size_t base, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) set(base + take16());
  }
  void read_bits(std::size_t base) {
    const std::size_t first = std::min(base / 64, words_.size());
    const std::size_t count = std::min(words_.size() - first, kContainerWords);
    for (std::size_t i = 0; i < count; ++i) words_[first + i] |= load<std::uint64_t>(at_ + 8 * i);
    at_ += kContainerBytes;
  }
  void read_runs(std::size_t base) {
    const std::size_t count = take16();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t begin = base + take16();
      set_range(begin, begin + take16());
    }
  }
  void set_range(std::size_t first, std::size_t last) {
    for (std::size_t word = first / 64; word <= last / 64 && word < words_.size(); ++word) {
      std::uint64_t bits = ~std::uint64_t{0};
      if (word == first / 64) bits &= ~std::uint64_t{0} << (first % 64);
      if (word == last / 64) bits &= ~std::uint64_t{0} >> (63 - last % 64);
      words_[word] |= bits;
    }
  }

  const std::byte* at_;
  std::span<std::uint64_t> words_;
};

}  // namespace

SlotBitmap SlotBitmap::of_bits(std::span<const std::uint64_t> words) {
  Writer writer(words);
  if (writer.count() == 0) return {};
  const std::size_t size = writer.byte_count();
  const auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  writer.write(bytes.get());
  return SlotBitmap(
      roaring_bitmap_portable_deserialize_safe(reinterpret_cast<const char*>(bytes.get()), size));
}

void SlotBitmap::set_bits(std::span<std::uint64_t> words) const {
  if (body_ == nullptr) return;
  const std::size_t size = roaring_bitmap_portable_size_in_bytes(bitmap());
  const auto bytes = std::make_unique_for_overwrite<std::byte[]>(size);
  roaring_bitmap_portable_serialize(bitmap(), reinterpret_cast<char*>(bytes.get()));
  Reader(bytes.get(), words).read();
}

}  // namespace quartz::vector
