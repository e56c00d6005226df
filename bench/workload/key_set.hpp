#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace quartz::bench {

inline constexpr std::size_t kKeyBytes = 16;

/// Keys in the order in which they are used, one behind the other: an engine is not charged for the
/// cache miss that fetching a key from somewhere would be.
class KeySequence {
 public:
  void reserve(std::size_t keys) { bytes_.reserve(keys * kKeyBytes); }
  void append(std::string_view key) { bytes_.append(key); }
  std::size_t size() const noexcept { return bytes_.size() / kKeyBytes; }
  std::string_view operator[](std::size_t i) const noexcept {
    return {bytes_.data() + i * kKeyBytes, kKeyBytes};
  }

 private:
  std::string bytes_;
};

/// The keys of a run: random bytes that follow from seed and number alone. Keys 0 to count-1 are
/// what a loaded database holds; any others are absent from it.
class KeySet {
 public:
  KeySet(std::uint64_t seed, std::uint64_t count) : seed_(seed), count_(count) {}
  std::uint64_t count() const noexcept { return count_; }
  std::uint64_t seed() const noexcept { return seed_; }

  /// Keys `first` to `first + count - 1`. Random keys, so this order is a random one.
  KeySequence in_order(std::uint64_t first, std::uint64_t count) const;
  /// The same keys in another random order, each once.
  KeySequence shuffled(std::uint64_t first, std::uint64_t count) const;
  /// The same keys in ascending order.
  KeySequence ascending(std::uint64_t first, std::uint64_t count) const;
  /// `draws` keys, each any of `first` to `first + count - 1` with equal probability.
  KeySequence uniform(std::uint64_t first, std::uint64_t count, std::uint64_t draws) const;
  /// The keys of these numbers.
  KeySequence of(const std::vector<std::uint64_t>& numbers) const;

 private:
  void append(std::uint64_t number, KeySequence& to) const;

  std::uint64_t seed_;
  std::uint64_t count_;
};

/// Values of one size that do not compress: pieces of a small pool of random bytes, small so that
/// reading it costs no cache miss.
class ValuePool {
 public:
  ValuePool(std::uint64_t seed, std::size_t value_bytes);
  std::string_view operator[](std::uint64_t i) const noexcept {
    return {pool_.data() + i * kStep % kPoolBytes, value_bytes_};
  }
  std::size_t value_bytes() const noexcept { return value_bytes_; }

 private:
  static constexpr std::size_t kPoolBytes = std::size_t{128} << 10;
  static constexpr std::size_t kStep = 64;

  std::size_t value_bytes_;
  std::string pool_;
};

}  // namespace quartz::bench
