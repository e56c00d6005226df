#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/random.hpp"

namespace quartz {

/// What the files of a database are, as far as damage to them differs.
enum class FileKind : std::uint8_t {
  format,   // FORMAT
  clock,    // CLOCK
  segment,  // of the log
  table,    // of the levels, and what follows up to `trace` too
  manifest,
  current,
  options,
  trace,  // of what nobody needs: locks, RocksDB's own log and identity
  index,  // of a collection
};
inline constexpr std::array kFileKinds = {FileKind::format,  FileKind::clock,    FileKind::segment,
                                          FileKind::table,   FileKind::manifest, FileKind::current,
                                          FileKind::options, FileKind::trace,    FileKind::index};

/// One flipped bit, or one lost end, of one file.
struct FileDamage {
  std::filesystem::path file;  // Relative to the database.
  FileKind kind = FileKind::trace;
  bool cut = false;
  std::uint64_t offset = 0;  // Of the byte, or the length that is left.
  unsigned bit = 0;

  void apply(const std::filesystem::path& database) const;
  std::string to_string() const;
};

/// Of files that hold something, relative to the database, in the order of their names.
std::vector<std::filesystem::path> files_of_kind(const std::filesystem::path& database,
                                                 FileKind kind);

/// Some damage to some file of this kind.
FileDamage random_damage(const std::filesystem::path& database, FileKind kind, Random& random);

/// Whether it hits bytes that something depends on for certain, so that `verify` has to name it.
/// Asked before it is applied.
bool hits_live_bytes(const FileDamage& damage, const std::filesystem::path& database);

}  // namespace quartz
