#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/coding.hpp"
#include "quartz/storage/read_set.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

/// One key of a `ReadSet` in place: hash, keyspace and length, then the key without a gap. In
/// memory only.
class ReadKeyView {
 public:
  static constexpr std::size_t kHeaderBytes = 16;

  explicit ReadKeyView(const char* at) noexcept : at_(reinterpret_cast<const std::byte*>(at)) {}

  /// `hash_key(key(), keyspace())`.
  std::uint64_t hash() const noexcept { return load<std::uint64_t>(at_); }
  KeyspaceId keyspace() const noexcept { return load<std::uint32_t>(at_ + 8); }
  std::string_view key() const noexcept {
    return {reinterpret_cast<const char*>(at_ + kHeaderBytes), load<std::uint32_t>(at_ + 12)};
  }
  std::size_t bytes() const noexcept { return kHeaderBytes + load<std::uint32_t>(at_ + 12); }

 private:
  const std::byte* at_;
};

/// Calls `wanted` with each key of `reads` in turn, until it says false; whether it never did.
template <class Wanted>
bool all_of_keys(const ReadSet& reads, const Wanted& wanted) {
  const std::string_view keys = reads.encoded_keys();
  for (std::size_t offset = 0; offset < keys.size();) {
    const ReadKeyView key(keys.data() + offset);
    if (!wanted(key)) return false;
    offset += key.bytes();
  }
  return true;
}

}  // namespace quartz::storage
