#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "storage/memtable.hpp"

namespace quartz::storage {

/// A memtable of `rows` rows with random keys of 16 bytes and values of 100, its segment in private
/// memory.
inline MemtableRef memtable_of_random_rows(std::size_t rows, std::uint64_t seed) {
  constexpr std::size_t kKeyBytes = 16;
  constexpr std::size_t kRecordBytes = 32;  // What the log puts before a write.
  const std::string value(100, 'v');
  const std::size_t bytes_each = kRecordBytes + operation_bytes(kKeyBytes, value.size());
  auto segment = std::make_shared<LogSegment>();
  segment->memory = io::Mapping::anonymous(rows * bytes_each).value();
  std::byte* at = segment->memory.data();
  MemtableRef memtable = MemtableRef::adopt(new Memtable(std::move(segment)));
  Random random(seed);
  for (std::size_t i = 0; i < rows; ++i, at += bytes_each) {
    const std::uint64_t key[] = {random.next(), random.next()};
    encode_operation(at, OperationType::put, kDefaultKeyspaceId,
                     {reinterpret_cast<const char*>(key), kKeyBytes}, value);
    memtable->insert(i + 1, OperationView(at));
  }
  return memtable;
}

}  // namespace quartz::storage
