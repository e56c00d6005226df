#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "io/file_system.hpp"
#include "quartz/result.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/index_file_blocks.hpp"
#include "vector/index_file_points.hpp"
#include "vector/quantizer.hpp"
#include "vector/slot_array.hpp"
#include "vector/slot_states.hpp"

namespace quartz::vector {

/// What an index file is loaded into: structures that nobody has used yet.
struct IndexFileTarget {
  SlotArray& codes;              // For codes of the file's quantizer.
  SlotArray* vectors = nullptr;  // For rows of single precision; null if they are not wanted.
  HnswLinks& links;              // With the file's m.
  SlotStates& states;
};

/// Reads an index file. Errors: `corruption` names the file, the part and the offset; and those of
/// the file system. Move-only. Threads: one at a time.
class IndexFileReader {
 public:
  /// Reads and audits what tells whether the file is of use. `not_found`; `unsupported` for another
  /// version of the format or of the quantizer's parameters.
  static Result<IndexFileReader> open(io::FileSystem& files, const io::Path& path);

  /// As they were written: the file is of use only where all three are what they should be.
  const IndexIdentity& identity() const noexcept { return file_.layout().header.identity; }
  std::span<const std::byte> parameters() const noexcept { return parameters_; }
  const Quantizer& quantizer() const noexcept { return file_.layout().quantizer; }

  std::uint32_t m() const noexcept { return file_.layout().header.m; }
  std::size_t slot_count() const noexcept { return file_.layout().header.slot_count; }
  std::uint64_t point_count() const noexcept { return file_.layout().header.point_count; }
  bool has_vectors() const noexcept { return file_.layout().header.vector_bytes != 0; }

  /// Fills the target and calls `take_point` for each point. All of the file is audited before it
  /// succeeds: no link leads to anything but a node, every linked slot belongs to one point, and so
  /// on (docs/formats/index_file.md). That ids differ is left to `take_point`. After an error,
  /// whatever was filled must be thrown away.
  ///
  /// Linked slots are linked, removed ones wait for a repair, and the others are free to be taken.
  /// Slots without a node have no code. Vectors that are not wanted are not read.
  /// `invalid_argument` if the target cannot hold what the file has. Throws std::bad_alloc. Cost:
  /// that of reading the file, by two threads if it is a large one.
  Result<void> load(const IndexFileTarget& target, const TakeIndexPoint& take_point) const;

 private:
  IndexFileReader(IndexFileBlocks file, std::vector<std::byte> parameters) noexcept
      : file_(std::move(file)), parameters_(std::move(parameters)) {}

  Result<void> check_target(const IndexFileTarget& target) const;
  Result<std::vector<std::uint8_t>> load_nodes() const;
  Result<void> audit_entry(std::span<const std::uint8_t> nodes) const;
  Result<void> load_upper_links(std::span<const std::uint8_t> nodes, HnswLinks& links) const;

  IndexFileBlocks file_;
  std::vector<std::byte> parameters_;
};

}  // namespace quartz::vector
