#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <span>
#include <vector>

#include "quartz/result.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/index_file_blocks.hpp"
#include "vector/slot_array.hpp"

namespace quartz::vector {

/// Where the rows of an index file go. All have room for the file's slots.
struct IndexRowTarget {
  SlotArray& codes;
  SlotArray* vectors;  // Null: they stay in the file, and nobody audits them.
  HnswLinks& links;
};

/// Reads what an index file has for every slot, which is nearly all of it: codes, vectors and the
/// links of level 0. Blocks go straight to where they belong and are audited while they are in the
/// processor's cache. A second thread takes part in large files, if there is one to be had.
///
/// What it is given must outlive it.
class IndexRowLoader {
 public:
  /// `nodes` were audited.
  IndexRowLoader(const IndexFileBlocks& file, std::span<const std::uint8_t> nodes,
                 const IndexRowTarget& target);
  IndexRowLoader(const IndexRowLoader&) = delete;
  IndexRowLoader& operator=(const IndexRowLoader&) = delete;
  /// Waits for the second thread, which gives up soon.
  ~IndexRowLoader();

  /// Begins with the second thread.
  void start();
  /// Takes part until all rows are there. `corruption`, or the error of the file system.
  Result<void> finish();

 private:
  Result<void> load_blocks();
  Result<void> load_block(IndexSection section, std::size_t index, std::vector<std::byte>& buffer);
  Result<void> audit(IndexSection section, std::size_t index,
                     std::span<const std::byte> rows) const;
  Result<void> audit_links(std::size_t index, std::span<const std::byte> rows) const;
  SlotArray& array_of(IndexSection section) const noexcept;

  const IndexFileBlocks& file_;
  const std::span<const std::uint8_t> nodes_;
  const IndexRowTarget target_;
  std::vector<IndexSection> sections_;
  std::size_t block_count_ = 0;             // Of these sections.
  std::atomic<std::size_t> next_block_{0};  // Counted over these sections.
  std::atomic<bool> stopped_{false};
  std::future<Result<void>> second_;
};

}  // namespace quartz::vector
