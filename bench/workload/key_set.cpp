#include "bench/workload/key_set.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <numeric>

#include "base/random.hpp"

namespace quartz::bench {
namespace {

// So that sequences drawn in one run differ from the keys and from each other.
constexpr std::uint64_t kShuffleSalt = 0x5348554646;
constexpr std::uint64_t kDrawSalt = 0x4452415753;

std::vector<std::uint64_t> numbers_from(std::uint64_t first, std::uint64_t count) {
  std::vector<std::uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

}  // namespace

void KeySet::append(std::uint64_t number, KeySequence& to) const {
  Random random(seed_ + number * 0x9E3779B97F4A7C15u * 2);
  std::array<std::uint64_t, kKeyBytes / sizeof(std::uint64_t)> words{};
  for (std::uint64_t& word : words) word = random.next();
  std::array<char, kKeyBytes> key{};
  std::memcpy(key.data(), words.data(), kKeyBytes);
  to.append({key.data(), key.size()});
}

KeySequence KeySet::of(const std::vector<std::uint64_t>& numbers) const {
  KeySequence keys;
  keys.reserve(numbers.size());
  for (const std::uint64_t number : numbers) append(number, keys);
  return keys;
}

KeySequence KeySet::in_order(std::uint64_t first, std::uint64_t count) const {
  return of(numbers_from(first, count));
}

KeySequence KeySet::shuffled(std::uint64_t first, std::uint64_t count) const {
  std::vector<std::uint64_t> numbers = numbers_from(first, count);
  Random random(seed_ ^ kShuffleSalt);
  std::shuffle(numbers.begin(), numbers.end(), random);
  return of(numbers);
}

KeySequence KeySet::ascending(std::uint64_t first, std::uint64_t count) const {
  const KeySequence unsorted = in_order(first, count);
  std::vector<std::string_view> views(count);
  for (std::size_t i = 0; i < views.size(); ++i) views[i] = unsorted[i];
  std::sort(views.begin(), views.end());
  KeySequence keys;
  keys.reserve(views.size());
  for (const std::string_view key : views) keys.append(key);
  return keys;
}

KeySequence KeySet::uniform(std::uint64_t first, std::uint64_t count, std::uint64_t draws) const {
  Random random(seed_ ^ kDrawSalt);
  KeySequence keys;
  keys.reserve(draws);
  for (std::uint64_t i = 0; i < draws; ++i) append(first + random.below(count), keys);
  return keys;
}

ValuePool::ValuePool(std::uint64_t seed, std::size_t value_bytes) : value_bytes_(value_bytes) {
  Random random(seed);
  pool_.resize(kPoolBytes + value_bytes);
  for (char& byte : pool_) byte = static_cast<char>(random.next());
}

}  // namespace quartz::bench
