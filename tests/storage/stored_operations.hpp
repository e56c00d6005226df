#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <sanitizer/asan_interface.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "storage/log_segment.hpp"
#include "storage/operation.hpp"

namespace quartz::storage {

/// Operations in a segment, as the log would hold them, but apart from each other, so that
/// AddressSanitizer sees a read beyond one.
class StoredOperations {
 public:
  explicit StoredOperations(std::size_t segment_bytes = std::size_t{4} << 20) {
    segment_->memory = io::Mapping::anonymous(segment_bytes).value();
    segment_->capacity = segment_bytes;
    segment_->used = kSegmentHeaderBytes;
    ASAN_POISON_MEMORY_REGION(segment_->memory.data(), segment_bytes);
  }
  ~StoredOperations() { ASAN_UNPOISON_MEMORY_REGION(segment_->memory.data(), segment_->capacity); }
  StoredOperations(const StoredOperations&) = delete;
  StoredOperations& operator=(const StoredOperations&) = delete;

  /// Where they lie.
  const std::shared_ptr<LogSegment>& segment() const { return segment_; }

  OperationView put(std::string_view key, std::string_view value, KeyspaceId keyspace = 0) {
    return add(OperationType::put, keyspace, key, value);
  }
  OperationView remove(std::string_view key, KeyspaceId keyspace = 0) {
    return add(OperationType::remove, keyspace, key, {});
  }
  OperationView remove_range(std::string_view first, std::string_view last,
                             KeyspaceId keyspace = 0) {
    return add(OperationType::remove_range, keyspace, first, last);
  }

 private:
  OperationView add(OperationType type, KeyspaceId keyspace, std::string_view key,
                    std::string_view value) {
    const std::size_t bytes = operation_bytes(key.size(), value.size());
    QUARTZ_CHECK(bytes + kGapBytes <= segment_->capacity - segment_->used);
    std::byte* const at = segment_->memory.data() + segment_->used;
    ASAN_UNPOISON_MEMORY_REGION(at, bytes);
    encode_operation(at, type, keyspace, key, value);
    // Poisoned memory begins and ends at multiples of 8.
    segment_->used = round_up(segment_->used + bytes + kGapBytes, 8);
    return OperationView(at);
  }

  static constexpr std::size_t kGapBytes = 16;

  std::shared_ptr<LogSegment> segment_ = std::make_shared<LogSegment>();
};

}  // namespace quartz::storage
