#include "cli/binary_records.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/try.hpp"

namespace quartz::cli {
namespace {

constexpr std::string_view kMagic = "QZROWS01";

// Marks in the place of a key's length; the longest key leaves room for many more.
constexpr std::uint32_t kEndMark = 0xFFFFFFFF;
constexpr std::uint32_t kKeyspaceMark = 0xFFFFFFFE;
constexpr std::uint32_t kAttributesMark = 0xFFFFFFFD;
static_assert(kKeyBytesMax < kAttributesMark && kValueBytesMax < kEndMark);

constexpr std::int64_t kNoExpiry = -1;

template <std::unsigned_integral T>
std::string encoded_integer(T number) {
  std::array<std::byte, sizeof(T)> bytes;
  store(bytes.data(), number);
  return std::string(as_text(bytes));
}

}  // namespace

Result<void> BinaryReader::take(std::string& to, std::size_t count) {
  to.clear();
  QUARTZ_ASSIGN(const std::size_t got, input_.read(to, count));
  // The end mark is the only place where a file may end, so running out of bytes is always damage.
  if (got < count) return malformed("the file ends in the middle; it was cut short");
  checksum_ = crc32c(as_bytes(to), checksum_);
  return {};
}

Result<std::uint32_t> BinaryReader::take_u32() {
  QUARTZ_TRY(take(scratch_, sizeof(std::uint32_t)));
  return load<std::uint32_t>(as_bytes(scratch_).data());
}

Result<void> BinaryReader::check_magic() {
  QUARTZ_TRY(take(scratch_, kMagic.size()));
  if (scratch_ == kMagic) return {};
  return malformed(fmt::format("not a binary dump: it does not begin with \"{}\"", kMagic));
}

Result<RecordReader::Step> BinaryReader::next(Record& record) {
  if (input_.position() == 0) QUARTZ_TRY(check_magic());
  entry_offset_ = input_.position();
  const std::uint32_t checksum_before = checksum_;
  QUARTZ_ASSIGN(const std::uint32_t key_bytes, take_u32());
  if (key_bytes == kEndMark) return check_end(checksum_before);
  if (key_bytes == kKeyspaceMark) return take_keyspace(record);
  if (key_bytes == kAttributesMark) return take_attributed_row(record);
  record.attributes = {};
  return take_row(key_bytes, record);
}

Result<RecordReader::Step> BinaryReader::take_attributed_row(Record& record) {
  QUARTZ_TRY(take(scratch_, sizeof(std::int64_t)));
  const auto expires_at = static_cast<std::int64_t>(load<std::uint64_t>(as_bytes(scratch_).data()));
  QUARTZ_ASSIGN(const std::uint32_t kind, take_u32());
  QUARTZ_ASSIGN(
      record.attributes,
      checked_attributes(expires_at == kNoExpiry ? std::nullopt : std::optional(expires_at), kind));
  QUARTZ_ASSIGN(const std::uint32_t key_bytes, take_u32());
  return take_row(key_bytes, record);
}

Result<RecordReader::Step> BinaryReader::take_row(std::uint32_t key_bytes, Record& record) {
  QUARTZ_ASSIGN(const std::uint32_t value_bytes, take_u32());
  // Judged before a byte of them is read: a damaged length must not cost memory.
  if (key_bytes > kKeyBytesMax || value_bytes > kValueBytesMax) {
    return Error{Errc::too_large,
                 fmt::format("a key of {} and a value of {} bytes; the limits are {} and {}",
                             key_bytes, value_bytes, kKeyBytesMax, kValueBytesMax)};
  }
  QUARTZ_TRY(take(record.key, key_bytes));
  QUARTZ_TRY(take(record.value, value_bytes));
  record.keyspace = keyspace_;
  ++row_count_;
  return Step::row;
}

Result<RecordReader::Step> BinaryReader::take_keyspace(Record& record) {
  QUARTZ_ASSIGN(const std::uint32_t name_bytes, take_u32());
  if (name_bytes > kKeyspaceNameBytesMax) {
    return Error{Errc::too_large, fmt::format("a keyspace's name of {} bytes; the limit is {}",
                                              name_bytes, kKeyspaceNameBytesMax)};
  }
  QUARTZ_TRY(take(keyspace_, name_bytes));
  record.keyspace = keyspace_;
  return Step::keyspace;
}

Result<RecordReader::Step> BinaryReader::check_end(std::uint32_t checksum_before_end) {
  QUARTZ_TRY(take(scratch_, sizeof(std::uint64_t)));
  const std::uint64_t row_count = load<std::uint64_t>(as_bytes(scratch_).data());
  QUARTZ_ASSIGN(const std::uint32_t checksum, take_u32());
  // The count comes first because it says more than a checksum does.
  if (row_count != row_count_) {
    return malformed(
        fmt::format("the file should hold {} rows and holds {}", row_count, row_count_));
  }
  if (checksum != checksum_before_end)
    return malformed("the checksum is wrong; the file is damaged");
  // Two dumps glued together, say: the rows behind the end would be lost without a word.
  scratch_.clear();
  QUARTZ_ASSIGN(const std::size_t behind, input_.read(scratch_, 1));
  if (behind != 0) return malformed("bytes follow the end mark");
  return Step::end;
}

std::string BinaryReader::place() const {
  return fmt::format("{}: row {} (byte {})", input_.name(), row_count_ + 1, entry_offset_);
}

BinaryWriter::BinaryWriter(OutputStream& output) : output_(output) { put(kMagic); }

void BinaryWriter::put(std::string_view bytes) {
  checksum_ = crc32c(as_bytes(bytes), checksum_);
  output_.write(bytes);
}

void BinaryWriter::put_u32(std::uint32_t number) { put(encoded_integer(number)); }

void BinaryWriter::keyspace(std::string_view name) {
  put_u32(kKeyspaceMark);
  put_u32(static_cast<std::uint32_t>(name.size()));
  put(name);
}

void BinaryWriter::row(std::string_view key, std::string_view value,
                       const RowAttributes& attributes) {
  if (attributes != RowAttributes()) {
    put_u32(kAttributesMark);
    const std::int64_t expires_at =
        attributes.expires_at ? attributes.expires_at->time_since_epoch().count() : kNoExpiry;
    put(encoded_integer(static_cast<std::uint64_t>(expires_at)));
    put_u32(attributes.kind);
  }
  put_u32(static_cast<std::uint32_t>(key.size()));
  put_u32(static_cast<std::uint32_t>(value.size()));
  put(key);
  put(value);
  ++row_count_;
}

void BinaryWriter::end() {
  // Past the checksum, which covers everything up to here.
  output_.write(encoded_integer(kEndMark));
  output_.write(encoded_integer(row_count_));
  output_.write(encoded_integer(checksum_));
}

}  // namespace quartz::cli
