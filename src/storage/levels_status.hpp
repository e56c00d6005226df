#pragma once

#include <string_view>

#include <rocksdb/slice.h>
#include <rocksdb/status.h>

#include "quartz/error.hpp"

namespace quartz::storage {

/// An empty view may have no address; RocksDB as Debian builds it stops the process at such a
/// slice.
inline rocksdb::Slice to_slice(std::string_view bytes) noexcept {
  return {bytes.data() != nullptr ? bytes.data() : "", bytes.size()};
}
inline std::string_view to_view(const rocksdb::Slice& bytes) noexcept {
  return {bytes.data(), bytes.size()};
}

/// What a failed `status` of RocksDB means for our callers; the one place that knows. `doing` leads
/// the message, RocksDB's own text, which names the file, follows: "reading the levels: Corruption:
/// block checksum mismatch … in data/levels/000012.sst offset 0 size 4096".
Error to_error(const rocksdb::Status& status, std::string_view doing);

}  // namespace quartz::storage
