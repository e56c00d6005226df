#include "quartz/storage/read_set.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "base/coding.hpp"
#include "base/hash.hpp"
#include "quartz/storage/limits.hpp"
#include "storage/keyspace_state.hpp"
#include "storage/read_key.hpp"

namespace quartz {

void ReadSet::add(std::string_view key) { append(storage::kDefaultKeyspaceId, key); }

void ReadSet::add(const Keyspace& keyspace, std::string_view key) {
  const auto same = [&](const Keyspace& k) { return &k.state() == &keyspace.state(); };
  if (std::ranges::none_of(keyspaces_, same)) keyspaces_.push_back(keyspace);
  append(keyspace.state().id, key);
}

void ReadSet::restart(std::uint64_t as_of) noexcept {
  as_of_ = as_of;
  keys_.clear();
  size_ = 0;
  keyspaces_.clear();
}

void ReadSet::append(std::uint32_t keyspace, std::string_view key) {
  if (key.size() > kKeyBytesMax) return;
  const std::size_t offset = keys_.size();
  keys_.resize(offset + storage::ReadKeyView::kHeaderBytes + key.size());
  auto* const at = reinterpret_cast<std::byte*>(keys_.data() + offset);
  store(at, hash_key(key, keyspace));
  store(at + 8, keyspace);
  store(at + 12, static_cast<std::uint32_t>(key.size()));
  // An empty view may be null, which memcpy must not be given.
  if (!key.empty()) std::memcpy(at + storage::ReadKeyView::kHeaderBytes, key.data(), key.size());
  ++size_;
}

}  // namespace quartz
