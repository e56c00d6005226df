#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/storage_config.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz {

inline constexpr std::uint32_t kVectorWritersMax = 2;

/// What a process does behind its steps, if they end.
enum class Ending : std::uint32_t {
  none,   // They do not end.
  save,   // Saves the index, and waits to be killed.
  close,  // Closes the engine, which saves the index too, and waits to be killed.
};

/// What the process that is going to be killed does with a collection.
struct VectorWriterOrder {
  std::filesystem::path directory;
  std::uint64_t seed = 0;
  Ending ending = Ending::none;
  /// How many steps each writer makes before the ending.
  std::uint64_t steps = 0;
  /// The step that each writer goes on with. None: open the collection, and wait to be killed.
  std::vector<std::uint64_t> next_steps;

  std::vector<std::string> to_arguments() const;
  static VectorWriterOrder from_arguments(std::span<char* const> arguments);
};

/// How both processes open the engine: small enough that segments are retired.
StorageConfig vector_writer_config();
/// The collection of `vector_steps.hpp`, which is created if there is none. Its tail is so short
/// that writers wait for the graph.
Result<VectorCollection> open_crash_collection(StorageEngine& engine);

/// The first argument of a process that calls `write_vectors_until_killed`.
inline constexpr std::string_view kWriteVectorsUntilKilled = "--write-vectors-until-killed";

/// Follows `order` and reports on standard output: once that it is about to open the collection,
/// each acknowledged step, and the ending before and behind it. Never returns; ends the process
/// with a message if anything is refused.
[[noreturn]] void write_vectors_until_killed(const VectorWriterOrder& order);

}  // namespace quartz
