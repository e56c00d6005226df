#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "vector/vector_file_bytes.hpp"

namespace quartz::vector {

/// The bytes of an index file, to be changed and sealed again. It knows the layout from
/// docs/formats/index_file.md and not from the code, so that what is tested does not vouch for
/// itself.
class IndexFileBytes {
 public:
  // Places in the header.
  static constexpr std::size_t kVersion = 8;
  static constexpr std::size_t kM = 12;
  static constexpr std::size_t kQuantizer = 32;
  static constexpr std::size_t kSlotCount = 48;
  static constexpr std::size_t kEntrySlot = 52;
  static constexpr std::size_t kEntryLevel = 56;
  static constexpr std::size_t kVectorBytes = 60;
  static constexpr std::size_t kPointCount = 64;
  static constexpr std::size_t kSectionBytes = 72;
  static constexpr std::size_t kChecksumsChecksum = 184;
  static constexpr std::size_t kChecksum = 188;
  static constexpr std::size_t kHeaderBytes = 192;
  // Sections.
  static constexpr std::size_t kParameters = 0;
  static constexpr std::size_t kNodes = 1;
  static constexpr std::size_t kLinks = 2;
  static constexpr std::size_t kUpperLinks = 3;
  static constexpr std::size_t kCodes = 4;
  static constexpr std::size_t kVectors = 5;
  static constexpr std::size_t kPoints = 6;
  static constexpr std::size_t kChecksums = 7;

  explicit IndexFileBytes(std::string bytes) : bytes_(std::move(bytes)) {}

  const std::string& bytes() const noexcept { return bytes_; }
  template <class Number>
  Number get(std::size_t offset) const {
    return load<Number>(as_bytes(bytes_).data() + offset);
  }
  template <class Number>
  void set(std::size_t offset, Number number) {
    bytes_.replace(offset, sizeof(Number), encoded(number));
  }
  std::size_t section_bytes(std::size_t section) const {
    return get<std::uint64_t>(kSectionBytes + 8 * section);
  }
  std::size_t section_offset(std::size_t section) const {
    std::size_t end = kHeaderBytes;
    for (std::size_t i = 0; i < section; ++i) end = aligned(end) + section_bytes(i);
    return aligned(end);
  }
  std::string section(std::size_t section) const {
    return bytes_.substr(section_offset(section), section_bytes(section));
  }
  /// Gives a section other contents, and moves those behind it.
  void replace(std::size_t section, const std::string& contents) {
    std::array<std::string, 8> sections;
    for (std::size_t i = 0; i < 8; ++i) sections[i] = i == section ? contents : this->section(i);
    bytes_.resize(kHeaderBytes);
    for (std::size_t i = 0; i < 8; ++i) {
      bytes_.resize(aligned(bytes_.size()));
      bytes_ += sections[i];
      set<std::uint64_t>(kSectionBytes + 8 * i, sections[i].size());
    }
  }
  /// Makes all checksums those of the contents. What is behind the header must be whole.
  void seal() {
    std::string checksums;
    for (std::size_t i = 0; i < kChecksums; ++i) {
      const std::string contents = section(i);
      for (std::size_t at = 0; at < contents.size(); at += block_bytes(i)) {
        checksums += encoded(crc32c(as_bytes(contents.substr(at, block_bytes(i)))));
      }
    }
    replace(kChecksums, checksums);
    set(kChecksumsChecksum, crc32c(as_bytes(checksums)));
    seal_header();
  }
  void seal_header() { set(kChecksum, crc32c(as_bytes(bytes_).first(kChecksum))); }

 private:
  static std::size_t aligned(std::size_t offset) { return (offset + 63) / 64 * 64; }
  // Of a quantizer without quantization, whose codes are as long as vectors.
  std::size_t block_bytes(std::size_t section) const {
    const std::size_t m = get<std::uint32_t>(kM);
    const std::size_t code = 4 * get<std::uint32_t>(kQuantizer + 4);
    const std::array<std::size_t, 7> row_bytes = {0, 1, 8 * m, 4 * m, code, code, 0};
    const std::size_t row = row_bytes[section];
    if (row == 0) return 262'144;
    return row * std::min<std::size_t>(16'384, std::bit_floor(262'144 / row));
  }

  std::string bytes_;
};

}  // namespace quartz::vector
