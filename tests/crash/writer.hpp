#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/storage/storage_config.hpp"

namespace quartz {

inline constexpr std::uint32_t kWritersMax = 3;

/// What the process that is going to be killed does.
struct WriterOrder {
  std::filesystem::path directory;
  std::uint64_t seed = 0;
  std::uint64_t segment_bytes = 0;
  LogMedium medium = LogMedium::mapped;
  /// Empty: differs from write to write.
  std::optional<Durability> durability;
  /// Where it kills itself, as `die_at` has it, and at which pass; empty: it waits to be killed.
  std::string point;
  std::uint64_t pass = 1;
  /// The step that each writer goes on with. None: open the database, and wait to be killed.
  std::vector<std::uint64_t> next_steps;

  std::vector<std::string> to_arguments() const;
  static WriterOrder from_arguments(std::span<char* const> arguments);
};

/// The keyspace that a writer with a point creates and drops again and again.
inline constexpr std::string_view kFleetingKeyspace = "fleeting";
/// Where such a writer makes checkpoints, and removes them, beside its directory.
std::filesystem::path checkpoint_directory(const std::filesystem::path& directory);

/// The configuration that an order asks for.
StorageConfig writer_config(std::uint64_t segment_bytes, LogMedium medium);

/// The first argument of a process that calls `write_until_killed`.
inline constexpr std::string_view kWriteUntilKilled = "--write-until-killed";

/// Follows `order`, doing whatever maintenance there is beside the steps if it has a point, and
/// reports each acknowledgement on standard output. Never returns; ends the process with a message
/// if a write is refused.
[[noreturn]] void write_until_killed(const WriterOrder& order);

}  // namespace quartz
