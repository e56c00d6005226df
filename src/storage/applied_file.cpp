#include "storage/applied_file.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include <fmt/format.h>

#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "base/try.hpp"

namespace quartz::storage {
namespace {

// The sequence, the checksum of it, and four zero bytes.
constexpr std::size_t kFileBytes = 16;
constexpr std::size_t kSequenceBytes = 8;
constexpr std::size_t kReservedOffset = 12;

}  // namespace

std::optional<Sequence> read_applied_file(io::FileSystem& files, const io::Path& directory) {
  const auto bytes = io::read_file(files, directory / kAppliedFileName, kFileBytes);
  if (!bytes || bytes->size() != kFileBytes) return std::nullopt;
  const std::uint32_t crc = crc32c(std::span(*bytes).first(kSequenceBytes));
  if (load<std::uint32_t>(bytes->data() + kSequenceBytes) != crc) return std::nullopt;
  if (load<std::uint32_t>(bytes->data() + kReservedOffset) != 0) return std::nullopt;
  return load<Sequence>(bytes->data());
}

Result<void> write_applied_file(io::FileSystem& files, const io::Path& directory,
                                Sequence applied) {
  std::array<std::byte, kFileBytes> image{};
  store(image.data(), applied);
  store(image.data() + kSequenceBytes, crc32c(std::span(image).first(kSequenceBytes)));
  const io::Path path = directory / kAppliedFileName;
  QUARTZ_ASSIGN(const bool exists, files.exists(path));
  QUARTZ_ASSIGN(const auto file,
                files.open(path, exists ? io::OpenMode::read_write : io::OpenMode::create_new));
  return file->write_at(0, image);
}

std::string behind_applied_file(Sequence known, Sequence said) {
  return fmt::format(
      "the MANIFEST knows of nothing behind sequence {}, and {} says that {} was in the tables: it "
      "lost its end",
      known, kAppliedFileName, said);
}

}  // namespace quartz::storage
