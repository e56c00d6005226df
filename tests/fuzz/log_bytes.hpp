#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "storage/log_format.hpp"
#include "storage/stored_value.hpp"

namespace quartz::storage {

/// A put, a remove or the removal of a range, as a record has it.
inline std::string operation_of(OperationType type, std::string_view key, std::string_view value,
                                const RowAttributes& attributes = {}) {
  const bool is_put = type == OperationType::put;
  std::string bytes(is_put ? put_bytes(key.size(), value.size(), attributes)
                           : operation_bytes(key.size(), value.size()),
                    '\0');
  auto* const at = reinterpret_cast<std::byte*>(bytes.data());
  if (is_put) {
    encode_put(at, kDefaultKeyspaceId, key, value, attributes);
  } else {
    encode_operation(at, type, kDefaultKeyspaceId, key, value);
  }
  return bytes;
}

/// The bytes of a log's segment files, to be changed and sealed again.
class LogBytes {
 public:
  static constexpr std::uint64_t kDatabaseId = 0x1122334455667788;

  struct File {
    std::uint32_t id = 0;  ///< In its name.
    std::string bytes = {};
    std::vector<std::size_t> records = {};  ///< Where they begin, as far as that is known.
  };

  /// A segment that goes on where the last one ends.
  void add_segment() {
    SegmentHeader header{.magic = kSegmentMagic,
                         .format_version = kLogFormatVersion,
                         .segment_id = static_cast<std::uint32_t>(files.size() + 1),
                         .database_id = kDatabaseId,
                         .segment_bytes = 4096,
                         .start_position = position_,
                         .first_sequence = next_sequence_,
                         .synced_through = synced_,
                         .reserved = 0,
                         .crc32c = 0};
    files.push_back({.id = header.segment_id, .bytes = bytes_of(header)});
  }
  void add_record(std::initializer_list<std::string> operations) {
    std::string all;
    for (const std::string& each : operations) all += each;
    const RecordHeader header{.operations_bytes = static_cast<std::uint32_t>(all.size()),
                              .crc32c = 0,
                              .segment_id = files.back().id,
                              .operation_count = static_cast<std::uint32_t>(operations.size()),
                              .first_sequence = next_sequence_,
                              .synced_through = synced_};
    std::string& bytes = files.back().bytes;
    files.back().records.push_back(bytes.size());
    bytes += bytes_of(header) + all;
    bytes.resize(round_up(bytes.size(), kRecordAlignment));
    next_sequence_ += operations.size();
    position_ += record_bytes(all.size());
  }
  /// What comes later knows that all so far is on disk.
  void sync() { synced_ = position_; }

  /// Makes all checksums those of the contents, as far as there is room for them.
  void seal() {
    for (File& file : files) {
      if (file.bytes.size() < kSegmentHeaderBytes) continue;
      SegmentHeader header;
      std::memcpy(&header, file.bytes.data(), sizeof header);
      header.crc32c = segment_header_crc(header);
      std::memcpy(file.bytes.data(), &header, sizeof header);
      for (const std::size_t record : file.records) seal_record(file.bytes, record);
    }
  }

  std::vector<File> files;

 private:
  template <class Header>
  static std::string bytes_of(const Header& header) {
    return {reinterpret_cast<const char*>(&header), sizeof header};
  }
  static void seal_record(std::string& bytes, std::size_t at) {
    if (at > bytes.size() || bytes.size() - at < kRecordHeaderBytes) return;
    RecordHeader header;
    std::memcpy(&header, bytes.data() + at, sizeof header);
    const std::size_t room = bytes.size() - at - kRecordHeaderBytes;
    if (header.operations_bytes > room) return;
    const std::string_view operations =
        std::string_view(bytes).substr(at + kRecordHeaderBytes, header.operations_bytes);
    header.crc32c = record_crc(header, crc32c(as_bytes(operations)));
    std::memcpy(bytes.data() + at, &header, sizeof header);
  }

  Sequence next_sequence_ = 1;
  LogPosition position_ = 0;
  LogPosition synced_ = 0;
};

}  // namespace quartz::storage
