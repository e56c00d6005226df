#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/record_format.hpp"

namespace quartz::cli {

/// Length-prefixed rows; integers are little endian:
///   file      "QZROWS01", entries, end
///   row       u32 key length, u32 value length, key, value
///   beside    u32 0xFFFFFFFD, i64 expires_at in milliseconds or -1, u32 kind; of the row after it
///   keyspace  u32 0xFFFFFFFE, u32 name length, name; for the rows after it
///   end       u32 0xFFFFFFFF, u64 row count, u32 CRC-32C of all bytes before this end
/// A file that was cut or changed anywhere is refused, but only once the damage is reached: rows
/// before it were handed out by then.
class BinaryReader final : public RecordReader {
 public:
  explicit BinaryReader(InputStream& input) : input_(input) {}
  Result<Step> next(Record& record) override;
  std::string place() const override;

 private:
  Result<void> take(std::string& to, std::size_t count);  // Exactly; adds to the checksum.
  Result<std::uint32_t> take_u32();
  Result<void> check_magic();
  Result<Step> take_keyspace(Record& record);
  Result<Step> take_attributed_row(Record& record);
  Result<Step> take_row(std::uint32_t key_bytes, Record& record);
  Result<Step> check_end(std::uint32_t checksum_before_end);

  InputStream& input_;
  std::string keyspace_;
  std::string scratch_;
  std::uint64_t row_count_ = 0;
  std::uint64_t entry_offset_ = 0;
  std::uint32_t checksum_ = 0;
};

class BinaryWriter final : public RecordWriter {
 public:
  explicit BinaryWriter(OutputStream& output);
  void keyspace(std::string_view name) override;
  void row(std::string_view key, std::string_view value, const RowAttributes& attributes) override;
  void end() override;

 private:
  void put(std::string_view bytes);  // Adds to the checksum.
  void put_u32(std::uint32_t number);

  OutputStream& output_;
  std::uint64_t row_count_ = 0;
  std::uint32_t checksum_ = 0;
};

}  // namespace quartz::cli
