#include "storage/levels_block_policy.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace quartz::storage {
namespace {

constexpr std::size_t kBlockBytesMin = std::size_t{8} << 10;
constexpr std::size_t kBlockBytesMax = std::size_t{16} << 10;
constexpr std::size_t kBlockRows = 16;
// Every so many rows RocksDB stores a whole key; the others lack what they share with the one
// before.
constexpr std::size_t kRowsPerWholeKey = 16;

std::size_t shared_bytes(std::string_view a, std::string_view b) noexcept {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(in_a - a.begin());
}

class BlockPolicy final : public rocksdb::FlushBlockPolicy {
 public:
  // Asked before a row is added: whether the block ends before it.
  bool Update(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    const std::size_t enough = rows_ < kBlockRows ? kBlockBytesMax : kBlockBytesMin;
    const bool ends = rows_ > 0 && bytes_ + stored_bytes(key, value) > enough;
    if (ends) bytes_ = rows_ = 0;
    bytes_ += stored_bytes(key, value);
    ++rows_;
    last_key_.assign(key.data(), key.size());
    return ends;
  }

 private:
  std::size_t stored_bytes(const rocksdb::Slice& key, const rocksdb::Slice& value) const noexcept {
    const bool whole = rows_ % kRowsPerWholeKey == 0;
    const std::size_t shared = whole ? 0 : shared_bytes({key.data(), key.size()}, last_key_);
    return key.size() - shared + value.size();
  }

  std::string last_key_;
  std::size_t bytes_ = 0;  // Of the block that grows: keys and values as they are stored.
  std::size_t rows_ = 0;
};

class BlockPolicyFactory final : public rocksdb::FlushBlockPolicyFactory {
 public:
  const char* Name() const override { return "quartz.BlockPolicyFactory"; }
  rocksdb::FlushBlockPolicy* NewFlushBlockPolicy(const rocksdb::BlockBasedTableOptions&,
                                                 const rocksdb::BlockBuilder&) const override {
    return new BlockPolicy;  // RocksDB takes it over.
  }
};

}  // namespace

std::shared_ptr<rocksdb::FlushBlockPolicyFactory> block_policy() {
  return std::make_shared<BlockPolicyFactory>();
}

}  // namespace quartz::storage
