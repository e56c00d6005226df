#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/error.hpp"
#include "quartz/result.hpp"
#include "vector/index_file_format.hpp"

namespace quartz::vector {

/// An index file that is read block by block, each compared with its checksum. Move-only.
/// Threads: any number read at the same time.
class IndexFileBlocks {
 public:
  /// Opens a file whose header holds what a header may hold, whose sections are as long as it
  /// implies and fill the file to the byte, and whose checksums are whole. `not_found`;
  /// `corruption` names the file, the part and the offset; `unsupported` for another version.
  static Result<IndexFileBlocks> open(io::FileSystem& files, const io::Path& path);

  const IndexFileLayout& layout() const noexcept { return layout_; }

  /// Fills `into`, which is as long as the block, from the section's block with this index.
  /// `corruption` if its checksum is another.
  Result<void> read(IndexSection section, std::size_t index, std::span<std::byte> into) const;
  /// All blocks of a section, which is as long as `into`.
  Result<void> read_all(IndexSection section, std::span<std::byte> into) const;

  /// That there is something at `offset` of the section that no writer put there.
  Error damaged(IndexSection section, std::uint64_t offset, std::string_view what) const;

 private:
  IndexFileBlocks(std::unique_ptr<io::File> file, const IndexFileLayout& layout) noexcept;

  Result<void> check_gaps() const;
  Result<void> read_checksums();

  std::unique_ptr<io::File> file_;
  IndexFileLayout layout_;
  std::vector<std::uint32_t> checksums_;
};

}  // namespace quartz::vector
