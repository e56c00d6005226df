#include "crash/file_damage.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "crash/damage_sample.hpp"
#include "support/corrupt_file.hpp"

namespace quartz {
namespace {

// What RocksDB ends a table with: a checksum type, two handles padded with zeros, version, magic.
constexpr std::uint64_t kTableFooterBytes = 53;
constexpr std::uint64_t kTableFooterTailBytes = 12;

FileKind kind_of(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  if (name == "FORMAT") return FileKind::format;
  if (name == "CLOCK") return FileKind::clock;
  if (name == "CURRENT") return FileKind::current;
  if (name.starts_with("MANIFEST-")) return FileKind::manifest;
  if (name.starts_with("OPTIONS-")) return FileKind::options;
  if (name.ends_with(".sst")) return FileKind::table;
  if (name.ends_with(".index")) return FileKind::index;
  return *file.begin() == "log" ? FileKind::segment : FileKind::trace;
}

// Behind the records a segment is empty, where damage would say nothing.
std::uint64_t bytes_in_use(const std::filesystem::path& file) {
  const std::string contents = file_contents(file);
  const auto last = contents.find_last_not_of('\0');
  return last == std::string::npos ? 1 : last + 1;
}

bool in_value_of_log(const std::string& contents, std::uint64_t offset) {
  for (std::size_t at = contents.find(DamageSample::kLogOnly); at != std::string::npos;
       at = contents.find(DamageSample::kLogOnly, at + 1)) {
    // Values are of these characters and nothing else.
    std::size_t end = at;
    while (end < contents.size() && (std::isalnum(static_cast<unsigned char>(contents[end])) ||
                                     contents[end] == ' ' || contents[end] == ':')) {
      ++end;
    }
    // The value's attributes are stored behind it, and may look like its end.
    if (offset >= at && offset + 16 < end) return true;
  }
  return false;
}

}  // namespace

std::vector<std::filesystem::path> files_of_kind(const std::filesystem::path& database,
                                                 FileKind kind) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(database)) {
    const auto file = std::filesystem::relative(entry.path(), database);
    // Of an open database others may vanish at this moment.
    if (kind_of(file) == kind && entry.is_regular_file() && entry.file_size() > 0) {
      files.push_back(file);
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

void FileDamage::apply(const std::filesystem::path& database) const {
  cut ? truncate_file(database / file, offset) : flip_bit(database / file, offset, bit);
}

std::string FileDamage::to_string() const {
  return cut ? fmt::format("{} cut to {} bytes", file.string(), offset)
             : fmt::format("{}, bit {} of byte {} flipped", file.string(), bit, offset);
}

FileDamage random_damage(const std::filesystem::path& database, FileKind kind, Random& random) {
  const auto files = files_of_kind(database, kind);
  if (files.empty()) {
    std::cerr << "no file of kind " << static_cast<int>(kind) << '\n';
    std::abort();
  }
  FileDamage damage;
  damage.file = files[random.below(files.size())];
  damage.kind = kind;
  damage.cut = random.one_in(4);
  damage.bit = static_cast<unsigned>(random.below(8));
  const auto path = database / damage.file;
  const std::uint64_t bytes = std::filesystem::file_size(path);
  const bool anywhere = kind != FileKind::segment || random.one_in(8);
  damage.offset = random.below(anywhere ? bytes : bytes_in_use(path));
  return damage;
}

bool hits_live_bytes(const FileDamage& damage, const std::filesystem::path& database) {
  const std::string contents = file_contents(database / damage.file);
  switch (damage.kind) {
    case FileKind::format:
      // Digits are the same in capitals.
      return damage.cut || damage.bit != 5 || !std::isalpha(contents[damage.offset]);
    case FileKind::segment:
      return !damage.cut && in_value_of_log(contents, damage.offset);
    case FileKind::table: {
      const bool padding = damage.offset + kTableFooterBytes >= contents.size() &&
                           damage.offset + kTableFooterTailBytes < contents.size() &&
                           contents[damage.offset] == '\0';
      return damage.cut || !padding;
    }
    case FileKind::clock:
    case FileKind::current:
    case FileKind::index:
      return true;
    case FileKind::manifest:
      // An end that is missing looks like one that was never written; what it takes along may not
      // matter.
      return !damage.cut;
    case FileKind::options:
    case FileKind::trace:
      return false;
  }
  return false;
}

}  // namespace quartz
