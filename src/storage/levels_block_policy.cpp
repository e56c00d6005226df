#include "storage/levels_block_policy.hpp"

#include <cstddef>

namespace quartz::storage {
namespace {

constexpr std::size_t kBlockBytesMin = std::size_t{8} << 10;
constexpr std::size_t kBlockBytesMax = std::size_t{16} << 10;
constexpr std::size_t kBlockRows = 16;

class BlockPolicy final : public rocksdb::FlushBlockPolicy {
 public:
  // Asked before a row is added: whether the block ends before it.
  bool Update(const rocksdb::Slice& key, const rocksdb::Slice& value) override {
    const std::size_t row_bytes = key.size() + value.size();
    const std::size_t enough = rows_ < kBlockRows ? kBlockBytesMax : kBlockBytesMin;
    const bool ends = rows_ > 0 && bytes_ + row_bytes > enough;
    if (ends) bytes_ = rows_ = 0;
    bytes_ += row_bytes;
    ++rows_;
    return ends;
  }

 private:
  std::size_t bytes_ = 0;  // Of the block that grows: keys and values.
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
