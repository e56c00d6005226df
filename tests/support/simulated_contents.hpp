#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/random.hpp"
#include "io/descriptor.hpp"
#include "io/mapping.hpp"
#include "support/sparse_bytes.hpp"

namespace quartz::io {

/// In which order names that were changed and not synced reach the disk.
enum class NameOrder : std::uint8_t {
  journal,  ///< As they were made: what is kept is a prefix.
  any,      ///< Each is kept or lost for itself.
};

/// When the end of a file that has grown reaches the disk.
enum class GrowthOrder : std::uint8_t {
  bytes_first,  ///< Once all bytes before it have: ext4, unless told otherwise, and xfs.
  any,          ///< At any time; then there are zeros, or half of the bytes, before it.
};

/// What a power cut leaves of what was not synced, in per cent of the pages and changes of names.
struct PowerCut {
  std::uint64_t seed = 0;
  std::uint32_t pages_kept = 50;
  std::uint32_t pages_torn = 20;
  std::uint32_t names_kept = 50;
  NameOrder name_order = NameOrder::journal;
  GrowthOrder growth_order = GrowthOrder::bytes_first;

  /// One of many kinds: all is lost, all is kept, or something between.
  static PowerCut random(std::uint64_t seed);
  static PowerCut losing_all() { return {.pages_kept = 0, .pages_torn = 0, .names_kept = 0}; }
  static PowerCut keeping_all() { return {.pages_kept = 100, .pages_torn = 0, .names_kept = 100}; }
};

/// The bytes of a file on a simulated disk: as programs see them, and as they are on the platter.
/// Threads: one at a time, but for what is written to mappings.
class SimulatedContents {
 public:
  SimulatedContents() = default;
  /// The same bytes for programs and on the platter.
  explicit SimulatedContents(SparseBytes bytes) : seen_(bytes), platter_(std::move(bytes)) {}

  std::uint64_t size() const { return seen_.size(); }
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const;
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  void truncate(std::uint64_t bytes);
  /// Shared with the contents, which it may outlive.
  Mapping map(std::size_t bytes);

  /// What programs see now is on the platter when it returns, whichever way it was written.
  void sync();
  /// Only the pages of the first bytes; the size too.
  void sync(std::size_t bytes);
  /// What the system does unasked: some of the pages that differ reach the platter.
  void write_back(Random& random);
  /// What the platter holds after a power cut.
  SparseBytes after(const PowerCut& cut, Random& random) const;

 private:
  bool is_mapped() const noexcept { return memory_.get() >= 0; }
  // What programs see, as far as these first bytes go.
  const SparseBytes& seen(std::size_t bytes) const;
  const SparseBytes& seen() const { return seen(seen_.size()); }

  // Once there is a mapping programs write where nobody notices: then the bytes are in `memory_`,
  // and here are those of the last look at them.
  mutable SparseBytes seen_;
  SparseBytes platter_;
  Descriptor memory_;  // None until somebody maps it.
};

}  // namespace quartz::io
