#pragma once

#include <sys/statfs.h>
#include <utility>

#include "io/descriptor.hpp"
#include "io/file_system.hpp"

namespace quartz::io {

/// Whether a file system (as `statfs` describes it) writes reserved space in place.
bool keeps_allocation(const struct statfs& status) noexcept;

/// A file of the operating system.
class PosixFile final : public File {
 public:
  PosixFile(Path path, Descriptor descriptor)
      : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

  const Path& path() const noexcept override { return path_; }
  Result<std::uint64_t> size() const override;
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) const override;
  Result<std::vector<ByteRange>> data_ranges(ByteRange within) const override;
  Result<void> write_at(std::uint64_t offset, std::span<const std::byte> bytes) override;
  Result<void> allocate(std::uint64_t bytes) override;
  Result<void> truncate(std::uint64_t bytes) override;
  Result<void> sync_data() override;
  Result<void> sync_mapped(const Mapping& mapping, std::size_t bytes) override;
  Result<Mapping> map(std::size_t bytes, Mapping::Pages pages) override;

  /// Makes this file, which must be empty, a copy of `source`, sharing its blocks where the file
  /// system can.
  Result<void> copy_from(const PosixFile& source);

 private:
  Result<void> write_zeros(std::uint64_t from, std::uint64_t to);
  Error failed(std::string_view verb, int error) const { return system_error(path_, verb, error); }

  Path path_;
  Descriptor descriptor_;
};

}  // namespace quartz::io
